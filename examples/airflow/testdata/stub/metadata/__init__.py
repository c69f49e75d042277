"""Stands in for OpenMetadata's package: says what it was given and reads no database."""
