"""The JSON protocol of ``om-secret-exec get --json``, version om-secret-exec/v1."""

from __future__ import annotations

import json
from typing import Any, Final

from om_secret_exec import _messages
from om_secret_exec._errors import IS_IT_OURS, Failure

_VERSION: Final = "om-secret-exec/v1"


def request(refs: list[str]) -> bytes:
    """Return the request for references. It is ASCII, whatever they hold."""
    spec = {"refs": [{"ref": ref} for ref in refs]}
    return json.dumps({"apiVersion": _VERSION, "kind": "SecretRequest", "spec": spec}).encode("ascii")


def read(response: bytes, refs: list[str]) -> tuple[dict[str, str], list[Failure]]:
    """Return the values by reference, and the failures.

    Both are empty when there is no response. One that does not answer every
    reference in order has a failure (code INTERNAL).
    """
    try:
        envelope = json.loads(response)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict) or envelope.get("kind") != "SecretResponse":
        return {}, [_broken("something that is not a response")] if response else []
    whole = envelope.get("error")
    failures = [_messages.failure(whole)] if isinstance(whole, dict) else []
    items = envelope.get("items")
    if not isinstance(items, list) or [_ref(item) for item in items] != refs:
        return {}, failures or [_broken("a response to something else")]
    values: dict[str, str] = {}
    for ref, item in zip(refs, items):
        value = _value(ref, item)
        if isinstance(value, str):
            values[ref] = value
        # What concerns the whole run is repeated in the items that it left open.
        elif not failures or value.message != failures[0].message:
            failures.append(value)
    return values, failures


def _ref(item: object) -> object:
    return item.get("ref") if isinstance(item, dict) else None


def _value(ref: str, item: dict[str, Any]) -> str | Failure:
    error, value, encoding = item.get("error"), item.get("value"), item.get("encoding")
    if isinstance(error, dict):
        return _messages.failure({**error, "reference": ref})
    if item.get("status") != "ok" or not isinstance(value, str):
        return _broken("an answer without a value")
    if encoding != "utf8":
        return Failure(
            "NOT_UTF8", "the secret is not text", reference=ref, hint="get it with: om-secret-exec get"
        )
    return value


def _broken(what: str) -> Failure:
    return Failure("INTERNAL", f"om-secret-exec get --json printed {what}", hint=IS_IT_OURS)
