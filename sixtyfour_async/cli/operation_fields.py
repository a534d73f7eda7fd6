"""What the command line knows of an operation: one flag for each of its parameters, read off its signature.

The options of ``call``, their help, the values that they take, and what is completed are all made from this table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue

from sixtyfour_async.operations import Operation, Upload
from sixtyfour_async.operations._parameters import UNDOCUMENTED, parameter_docs, parameters

Shape: TypeAlias = Literal["text", "flag", "texts", "object", "objects", "struct", "json", "file"]
"""What a flag takes: see `operation_values`."""

METAVARS: Final[Mapping[Shape, str]] = {
    "text": "TEXT",
    "texts": "TEXT",
    "object": "KEY=VALUE",
    "objects": "JSON",
    "struct": "NAME[:TYPE]=TEXT",
    "json": "JSON",
    "file": "FILE",
}
HINTS: Final[Mapping[Shape, str]] = {
    "texts": "Repeatable, or a JSON list.",
    "object": "Repeatable; KEY:=JSON, a JSON object or @FILE as well.",
    "objects": "An object each, repeatable; a JSON list or @FILE as well.",
    "struct": "Repeatable; a JSON object or @FILE as well.",
    "json": "JSON, @FILE, or text.",
    "file": "- is standard input.",
}
ALIASES: Final = {"lead_info": "--lead"}
"""What operations on a lead call it by one name."""

_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DOCUMENTATION: Final = re.compile(r"``|`|\s+Pass an Upload.*")
_PYTHON_CLASS: Final = re.compile(
    r"a pydantic class, dataclass or TypedDict, or a mapping of field name to description"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation as a flag.

    Attributes:
        name: The parameter.
        flags: The flag, and another name of it.
        shape: What it takes.
        choices: The documented words that it takes; others may be taken, too.
        is_required: Whether the operation cannot be made without it.
        help: What it does.
    """

    name: str
    flags: tuple[str, ...]
    shape: Shape
    choices: tuple[str, ...]
    is_required: bool
    help: str

    @property
    def metavar(self) -> str:
        """What stands behind the flag in the help."""
        return "|".join(self.choices) if self.choices else METAVARS[self.shape]


def fields_of(operation: type[Operation[Any]]) -> list[Field]:
    """Return the flags of an operation, in the order of its signature."""
    cls: Any = operation
    docs = parameter_docs(cls)
    return [
        Field(
            name=parameter.name,
            flags=_flags(parameter.name),
            shape=shape_of(parameter.annotation),
            choices=_words(parameter.annotation),
            is_required=parameter.default is parameter.empty,
            help=_help(docs[parameter.name], shape_of(parameter.annotation)),
        )
        for parameter in parameters(cls)
    ]


def shape_of(annotation: Any) -> Shape:
    """Return what a flag takes, from the type of its parameter."""
    arms = _arms(annotation)
    items = [_arms(get_args(arm)[0]) for arm in arms if get_origin(arm) is Sequence]
    if any(get_origin(arm) is type for arm in arms):
        return "struct"
    if Upload in arms:
        return "file"
    if bool in arms:
        return "flag"
    if items:
        return "objects" if any(_is_object(arm) for item in items for arm in item) else "texts"
    if any(_is_object(arm) for arm in arms):
        return "object"
    return "json" if JsonValue in arms else "text"


def _arms(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [arm for arm in get_args(annotation) if arm is not type(None)]
    return [annotation]


def _is_object(arm: Any) -> bool:
    return get_origin(arm) is Mapping or (isinstance(arm, type) and issubclass(arm, BaseModel))


def _words(annotation: Any) -> tuple[str, ...]:
    arms = _arms(annotation)
    items = [item for arm in arms if get_origin(arm) is Sequence for item in _arms(get_args(arm)[0])]
    return tuple(
        word for arm in (*arms, *items) if get_origin(arm) is Literal for word in get_args(arm) if isinstance(word, str)
    )


def _flags(name: str) -> tuple[str, ...]:
    flag = "--" + _CAPITAL.sub("-", name.strip("_")).lower().replace("_", "-")
    return (flag, ALIASES[name]) if name in ALIASES else (flag,)


def _help(text: str, shape: Shape) -> str:
    """Return a parameter's documentation as the help of its flag."""
    said = _PYTHON_CLASS.sub("field names and descriptions", _DOCUMENTATION.sub("", text)).removesuffix(".")
    if said.startswith(UNDOCUMENTED):
        said = said.replace("; passed through. By its name,", ";", 1)
    return ". ".join(filter(None, (said, HINTS.get(shape, "").removesuffix(".")))) + "."
