"""A secrets backend: Airflow's connections, variables and configuration from any store.

Nothing of Airflow is imported when this module is: Airflow imports it while its own
configuration is being imported. The class does not inherit from Airflow's base for
the same reason; it has the methods that 2.7 to 3.3 call.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from om_secret_exec import SecretExecError
from om_secret_exec.airflow import _failures, _mask
from om_secret_exec.airflow._cache import Cache
from om_secret_exec.airflow._lookups import Lookups

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED: Final = frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED", "POLICY"})

_cache: Final = Cache()


class SecretsBackend:
    """Answers Airflow's look-ups with ``om-secret-exec``, for the ids that are asked for.

    Set ``[secrets] backend = om_secret_exec.airflow.SecretsBackend`` and, in
    ``backend_kwargs``, a JSON object of:

    connections_prefix, variables_prefix, config_prefix   what comes before an id,
        ``airflow/connections`` and so on; null switches the kind off, "" adds nothing
    sep                                                   what is between them, ``/``
    connections_lookup_pattern, variables_lookup_pattern  a regular expression for the
        start of the ids to look up, case aside; none are without it, ``.*`` is all
    config_lookup_pattern                                 the same; all are without it,
        since configuration is asked for only where a ``_secret`` option names it
    cache_ttl_seconds                                     300; 0 asks each time
    provider, loader, airflow_config, binary, timeout     as for om_secret_exec.get

    An id that is not looked up costs nothing, and Airflow goes on to its variables
    and its database. The same goes for a secret that does not exist. A refusal ends
    the search where Airflow can (3.3); any other failure is raised, and Airflow logs
    it and goes on. Unknown options are ignored with a warning; so is ``team_name``,
    as all teams share one store.
    """

    def __init__(
        self,
        connections_prefix: str | None = "airflow/connections",
        variables_prefix: str | None = "airflow/variables",
        config_prefix: str | None = "airflow/config",
        **options: Any,
    ) -> None:
        """Keep the options. Nothing is read or checked: a fault here ends ``import airflow``."""
        self._prefixes = {
            "connections": connections_prefix,
            "variables": variables_prefix,
            "config": config_prefix,
        }
        self._options = options

    def get_conn_value(self, conn_id: str, team_name: str | None = None, **_: object) -> str | None:
        """Return a connection as URI or JSON, or None."""
        del team_name
        value = self._look_up("connections", conn_id)
        if value is not None:
            _mask.mask((value, *_passwords(value)), warn=False)
        # Airflow takes the first character of what is not empty.
        return value if value and value.strip() else None

    def get_connection(self, conn_id: str, team_name: str | None = None, **_: object) -> Any:
        """Return the Connection object of this Airflow, or None."""
        value = self.get_conn_value(conn_id, team_name)
        return None if value is None else self.deserialize_connection(conn_id, value)

    def get_variable(self, key: str, team_name: str | None = None, **_: object) -> str | None:
        """Return a variable's text, or None."""
        del team_name
        value = self._look_up("variables", key)
        if value is not None:
            _mask.mask((value,), warn=False)
        return value

    def get_config(self, key: str, **_: object) -> str | None:
        """Return the value of a configuration option, or None."""
        value = self._look_up("config", key)
        if value is not None:
            _mask.mask((value,), warn=False)
        return value

    def deserialize_connection(self, conn_id: str, value: str) -> Any:
        """Return the Connection object that value, a URI or JSON, describes."""
        kind = self._get_connection_class()
        value = value.strip()
        if value.startswith("{"):
            return kind.from_json(value=value, conn_id=conn_id)
        if hasattr(kind, "from_uri"):
            return kind.from_uri(conn_id=conn_id, uri=value)
        return kind(conn_id=conn_id, uri=value)

    def _set_connection_class(self, conn_class: Any) -> None:
        """Take the class that this process uses; Airflow 3.2 and newer call it."""
        self._connection_class = conn_class

    def _get_connection_class(self) -> Any:
        if getattr(self, "_connection_class", None) is None:
            from airflow.models.connection import Connection  # type: ignore[import-not-found,unused-ignore]

            self._connection_class = Connection
        return self._connection_class

    @cached_property
    def _lookups(self) -> Lookups:
        return Lookups(self._options)

    def _look_up(self, kind: str, name: str) -> str | None:
        prefix, lookups = self._prefixes[kind], self._lookups
        if prefix is None or not lookups.asks(kind, name):
            return None
        sep = lookups.sep
        path = f"{prefix.rstrip(sep)}{sep}{name}" if prefix else name
        answer = _cache.get((path, lookups.key), lambda: lookups.ask(path))
        if not isinstance(answer, SecretExecError):
            return answer
        # Configuration is asked for while Airflow is imported, and has no search to end.
        ends = kind != "config" and answer.code in _DENIED
        denied = _failures.access_denied() if ends else None
        if denied is not None:
            raise denied(str(answer))
        # A new one each time: a traceback grows on an exception that is raised again.
        raise SecretExecError(*answer.failures, exit_status=answer.exit_status, retryable=answer.retryable)


def _passwords(value: str) -> Iterator[str]:
    """Yield the password of a connection that is a URI or JSON, if it has one."""
    try:
        fields = json.loads(value)
        password = fields.get("password") if isinstance(fields, dict) else None
    except ValueError:
        try:
            password = unquote(urlsplit(value.strip()).password or "")
        except ValueError:  # not a URI either
            return
    if isinstance(password, (str, int, float)):  # Airflow makes text of a number
        yield str(password)
