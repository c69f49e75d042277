"""Puts our look-ups into OpenMetadata's classes, and takes them out again.

The manager that OpenMetadata's factory gives away is one place; it does not
suffice, because the class of the references takes every ``secret:`` out of a
reference, which breaks ARNs, and handles exceptions itself. So that class asks us,
too. The third place is the status that a workflow reports to the server: it is
"success" after any exception that does not derive from Exception.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, Callable, Final

from om_secret_exec._errors import Failure, SecretExecError
from om_secret_exec._strict import PREFIX, UnresolvedReferenceError

if TYPE_CHECKING:
    from om_secret_exec._strict import Lookups

_DISTRIBUTION: Final = "openmetadata-ingestion"
_FACTORY: Final = ("metadata.utils.secrets.secrets_manager_factory", "SecretsManagerFactory")
_SECRET: Final = ("metadata.ingestion.models.custom_pydantic", "_CustomSecretStr")
_WORKFLOW: Final = ("metadata.workflow.workflow_status_mixin", "WorkflowStatusMixin")

# The methods that are replaced, and the parameters that we know them to have.
_METHODS: Final = (
    (_FACTORY, "_get_secrets_manager", ("self", "secrets_manager_provider", "secrets_manager_loader")),
    (_SECRET, "get_secret_value", ("self", "skip_secret_manager")),
    (_WORKFLOW, "set_ingestion_pipeline_status", ("self", "state", "ingestion_status")),
)


class Manager:
    """A secrets manager as OpenMetadata's factory gives it away."""

    def __init__(self, patch: Patch, provider: Any, loader: Any) -> None:
        self.provider = provider
        self.loader = loader
        self._patch = patch

    def get_string_value(self, secret_id: str) -> str:
        """Return the value of an id, which has no ``secret:`` before it."""
        return self.value(PREFIX + secret_id)

    def value(self, reference: str) -> str:
        """Return the value of a reference."""
        return self._patch.choose().value(reference, _word(self.provider), _word(self.loader))


def _word(choice: Any) -> str | None:
    """Return what a workflow says for a member of an enumeration."""
    return None if choice is None else str(getattr(choice, "value", choice))


class Patch:
    """Our look-ups in OpenMetadata's classes: those that choose returns at the time.

    Making it imports OpenMetadata. Raises SecretExecError (CONFIG), before anything
    has changed, when OpenMetadata is not there or not as we know it.
    """

    def __init__(self, choose: Callable[[], Lookups]) -> None:
        self.choose = choose
        owners = [_known(*method) for method in _METHODS]
        self._factory, _, self._workflow = owners
        _check_singleton(self._factory)
        news = (self._get_secrets_manager, self._get_secret_value, self._set_status)
        self._replaced = [
            _Replaced(owner, name, new) for owner, (_, name, _), new in zip(owners, _METHODS, news)
        ]
        self._former, self._former_manager = self._instance(), None
        if self._former is not None:
            self._former_manager = self._former.secrets_manager
            choices = self._former.secrets_manager_provider, self._former.secrets_manager_loader
            self._former.secrets_manager = Manager(self, *choices)

    def remove(self) -> None:
        """Leave OpenMetadata as it was."""
        for replaced in self._replaced:
            replaced.undo()
        factory = self._instance()
        if not isinstance(getattr(factory, "secrets_manager", None), Manager):
            return
        if factory is self._former:
            factory.secrets_manager = self._former_manager
        else:  # it was made since; the next client makes another one
            del self._factory._instances[self._factory]  # noqa: SLF001 - there is no other way

    def _instance(self) -> Any:
        return self._factory._instances.get(self._factory)  # noqa: SLF001 - calling the class would make one

    def _get_secrets_manager(self, _original: Callable[..., Any]) -> Callable[..., Any]:
        def get_secrets_manager(
            _factory: Any, secrets_manager_provider: Any, secrets_manager_loader: Any
        ) -> Manager:
            return Manager(self, secrets_manager_provider, secrets_manager_loader)

        return get_secrets_manager

    def _get_secret_value(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def get_secret_value(secret: Any, skip_secret_manager: bool = False) -> Any:  # noqa: FBT001, FBT002 - as the original
            raw = original(secret, skip_secret_manager=True)
            if skip_secret_manager or not isinstance(raw, str) or not raw.startswith(PREFIX):
                return raw
            manager = self._factory().get_secrets_manager()
            if not isinstance(manager, Manager):  # somebody's own
                return original(secret, skip_secret_manager)
            return manager.value(raw)

        return get_secret_value

    def _set_status(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def set_ingestion_pipeline_status(workflow: Any, state: Any, *rest: Any, **named: Any) -> Any:
            # It is called in a finally clause, where the exception is still in flight.
            if isinstance(sys.exc_info()[1], UnresolvedReferenceError):
                state = type(state).failed
            return original(workflow, state, *rest, **named)

        return set_ingestion_pipeline_status


class _Replaced:
    """A method that was replaced."""

    def __init__(
        self, owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> None:
        self._owner, self._name = owner, name
        self._original = owner.__dict__[name]
        self._new = make(self._original)
        setattr(owner, name, self._new)

    def undo(self) -> None:
        if self._owner.__dict__[self._name] is self._new:  # else somebody replaced ours
            setattr(self._owner, self._name, self._original)


def _known(where: tuple[str, str], name: str, parameters: tuple[str, ...]) -> Any:
    """Return the class that where names, if it has the method as we know it."""
    module, kind = where
    try:
        loaded = import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
    except (ImportError, AttributeError) as error:  # of something that it imports, perhaps
        raise _unknown(f"importing {module}: {error}") from error
    else:
        owner = getattr(loaded, kind, None)
        if name not in getattr(owner, "__dict__", {}):
            raise _unknown(f"{module} has no {kind}.{name}")
        found = tuple(inspect.signature(owner.__dict__[name]).parameters)
        if found != parameters:
            raise _unknown(f"{kind}.{name} takes other parameters: {', '.join(found)}")
        return owner
    if missing.partition(".")[0] == "metadata" and _version():
        raise _unknown(f"there is no module {missing}")
    raise _unavailable(missing)


def _check_singleton(factory: Any) -> None:
    instances = getattr(factory, "_instances", None)
    if not isinstance(instances, dict) or not hasattr(factory, "get_secrets_manager"):
        raise _unknown("SecretsManagerFactory is no singleton with get_secrets_manager")


def _version() -> str:
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return ""


def _unknown(what: str) -> SecretExecError:
    version = _version() or "(unknown version)"
    return SecretExecError(
        Failure(
            "CONFIG",
            f"the secrets manager of {_DISTRIBUTION} {version} cannot be replaced: {what}",
            hint="resolve the workflow before ingestion (om-secret-exec exec, om_secret_exec.load), "
            "or use a version that docs/ingestion.md names",
        )
    )


def _unavailable(missing: str) -> SecretExecError:
    return SecretExecError(
        Failure(
            "CONFIG",
            f"OpenMetadata cannot be imported: there is no module {missing}",
            hint=f"install {_DISTRIBUTION} for {sys.executable}",
        )
    )
