"""Finds what is to be resolved in a task's attributes, and puts values in place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Steps from a task's attribute down to a value: keys of mappings, indexes of lists.
Path = tuple[Union[str, int], ...]

MARKS: Final = ("secret:", "fernet:")

# The keys that a workflow has and nothing else in a task's arguments: below them
# the document says which store its references are in.
_WORKFLOW_KEYS: Final = frozenset(
    {"workflowConfig", "openMetadataServerConfig", "openMetadataServerConnection"}
)

_DEPTH: Final = 64  # a structure that refers to itself ends here


class Kind(Enum):
    """What a found value is."""

    REFERENCE = "reference"  # a string that is one reference
    TEXT = "text"  # a workflow as YAML or JSON text
    WORKFLOW = "workflow"  # a workflow that was parsed already
    MODEL = "model"  # a workflow inside an object that cannot be rewritten


@dataclass(frozen=True)
class Found:
    """A value to resolve, and where it is."""

    path: Path
    value: Any
    kind: Kind

    @property
    def place(self) -> str:
        """Return the path as messages show it, like ``op_kwargs.config``."""
        return place(self.path)


def place(path: Path) -> str:
    """Return path as messages show it, like ``op_args[0].config``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def find(value: object, path: Path) -> Iterator[Found]:
    """Yield what is to be resolved in value, which is at path.

    Looks into dictionaries, lists and tuples. Other objects are left alone, but
    for one that holds a workflow as attributes, as OpenMetadata's own models do.
    """
    if isinstance(value, str):
        if value.startswith(MARKS):
            yield Found(path, value, Kind.REFERENCE)
        elif is_document(value):
            yield Found(path, value, Kind.TEXT)
    elif isinstance(value, dict) and not _WORKFLOW_KEYS.isdisjoint(value):
        if any(True for _ in _references(value, path)):
            yield Found(path, value, Kind.WORKFLOW)
    elif isinstance(value, (dict, list, tuple)):
        for step, item in _items(value, path):
            yield from find(item, (*path, step))
    elif "workflowConfig" in _fields(type(value)):
        yield Found(path, value, Kind.MODEL)


def _fields(kind: Any) -> Any:
    """Return the fields of a pydantic model.

    Its class is asked: Airflow's own objects look things up when they are.
    """
    for name in ("model_fields", "__fields__"):
        fields = getattr(kind, name, None)
        if isinstance(fields, dict):  # other classes have other things of these names
            return fields
    return ()


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...], path: Path) -> Iterable[tuple[Any, Any]]:
    if len(path) > _DEPTH:
        return ()
    return value.items() if isinstance(value, dict) else enumerate(value)


def is_document(text: str) -> bool:
    """Report whether text is a YAML or JSON mapping that holds a reference.

    Text that is neither but names ``workflowConfig`` was meant to be: it counts,
    so that the program says what is wrong with it.
    """
    if not any(mark in text for mark in MARKS):
        return False
    try:
        mapping, found = _read(text)
    except ValueError:
        return "workflowConfig" in text
    return mapping and any(scalar.startswith(MARKS) for scalar in found)


def scalars(text: str) -> list[str]:
    """Return the scalars of a YAML or JSON document in order, keys among them.

    Raises ValueError if it is neither, without quoting it.
    """
    return _read(text)[1]


def _read(text: str) -> tuple[bool, list[str]]:
    """Report whether a document is a mapping, and return its scalars in order."""
    try:
        value = json.loads(text)
        return isinstance(value, dict), list(_leaves(value))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        return _read_yaml(text)


def _read_yaml(text: str) -> tuple[bool, list[str]]:
    try:
        import yaml
    except ImportError:  # Airflow has it
        raise ValueError("there is no PyYAML") from None
    try:
        events = list(yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:  # it quotes the text
        events = []
    if not events:
        raise ValueError("neither YAML nor JSON")
    # After the start of the stream and of the document.
    mapping = any(isinstance(event, yaml.MappingStartEvent) for event in events[2:3])
    return mapping, [event.value for event in events if isinstance(event, yaml.ScalarEvent)]


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *_leaves(item))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


def _references(value: object, path: Path) -> Iterator[str]:
    """Yield every string below value that is a reference, whatever is around it."""
    if isinstance(value, str) and value.startswith(MARKS):
        yield value
    elif isinstance(value, (bytes, set, frozenset)):
        yield from hidden(value)
    elif isinstance(value, (dict, list, tuple)):
        for step, item in _items(value, path):
            yield from _references(item, (*path, step))


def hidden(value: object) -> Iterator[str]:
    """Yield references where they can be seen, but not replaced."""
    texts = value if isinstance(value, (set, frozenset)) else [value]
    for text in texts:
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        if isinstance(shown, str) and shown.startswith(MARKS):
            yield shown


def replace(value: Any, values: Mapping[Path, Any], path: Path) -> Any:
    """Return a copy of value, which is at path, with values at their paths.

    Only what lies on the way to a changed value is copied: the task's own
    structures, which the next try starts from, stay as they are.
    """
    if path in values:
        return values[path]
    if not any(changed[: len(path)] == path for changed in values):
        return value
    if isinstance(value, dict):
        return {key: replace(item, values, (*path, key)) for key, item in value.items()}
    items = [replace(item, values, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, list):
        return items
    return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
