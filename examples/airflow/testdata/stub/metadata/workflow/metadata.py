"""The workflow of ingestion, as callables use it."""

import hashlib
import json


class MetadataWorkflow:
    """Logs the digests of what it received, and the values, which are to be masked."""

    def __init__(self, config):
        self.config = config
        self.ended = []

    @classmethod
    def create(cls, config):
        return cls(config)

    def execute(self):
        print("received", " ".join(hashlib.sha256(value.encode()).hexdigest() for value in secrets(self.config)))
        print("the workflow:", self.config)
        print("as JSON:", json.dumps(self.config))

    def raise_from_status(self):
        self.ended.append("raise_from_status")

    def print_status(self):
        self.ended.append("print_status")

    def stop(self):
        assert self.ended == ["raise_from_status", "print_status"], self.ended


def secrets(config):
    """Return the password and the token of a workflow."""
    server = config["workflowConfig"]["openMetadataServerConfig"]
    return (
        config["source"]["serviceConnection"]["config"]["authType"]["password"],
        server["securityConfig"]["jwtToken"],
    )
