"""Cast values to the types of struct fields, as the service does.

The precedence of types and ``dict`` being returned as a JSON-encoded string are documented (docs.sixtyfour.ai,
guides/struct-and-type-casting). A missing value is an empty string, as in published outputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_array, as_object

MISSING = ""

_TYPES = {
    "str": "str",
    "string": "str",
    "int": "int",
    "integer": "int",
    "float": "float",
    "number": "float",
    "bool": "bool",
    "boolean": "bool",
    "list": "list[str]",
    "list[str]": "list[str]",
    "list[int]": "list[int]",
    "list[float]": "list[float]",
    "list[bool]": "list[bool]",
    "list[boolean]": "list[bool]",
    "dict": "dict",
}


def description_of(spec: Any) -> str:
    """Return the description of a struct field, or "" when the field is given by example."""
    if isinstance(spec, str):
        return spec
    about = (as_object(spec) or {}).get("description")
    return about if isinstance(about, str) else ""


def type_of(name: str, spec: Any, given: Mapping[str, Any]) -> str:
    """Return the type of a field: declared, else that of the same input key, else of the example, else ``str``."""
    field = as_object(spec)
    declared = field.get("type") if field else None
    if isinstance(declared, str) and declared:
        return _TYPES.get(declared.replace(" ", "").lower(), "str")
    if given.get(name) not in (None, ""):
        return _inferred_type(given[name])
    if field is not None:
        return "str" if "description" in field else "dict"
    return _inferred_type(spec)


def _inferred_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    for kind, word in ((int, "int"), (float, "float"), (list, "list[str]"), (dict, "dict")):
        if isinstance(value, kind):
            return word
    return "str"


def cast(value: Any, type_: str, name: str) -> Any:
    """Cast *value* to a type; return `MISSING` if it does not fit."""
    if value in (None, "", []):
        return MISSING
    items = as_array(value)
    if type_.startswith("list["):
        return [cast(item, type_[5:-1], name) for item in ([value] if items is None else items)]
    if type_ == "dict":
        return json.dumps(as_object(value) or {name: value}, ensure_ascii=False)
    if items is not None:
        return ", ".join(map(str, items))
    return _scalar(value, type_)


def _scalar(value: Any, type_: str) -> Any:
    try:
        match type_:
            case "int":
                return int(value)
            case "float":
                return float(value)
            case "bool":
                return value if isinstance(value, bool) else MISSING
            case _:
                return str(value)
    except (TypeError, ValueError):
        return MISSING
