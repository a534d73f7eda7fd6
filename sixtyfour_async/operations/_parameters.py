"""The parameters of an operation as a person reads them: in order, without pydantic's metadata, each with its text.

`inspect.signature`, ``help()``, the repr of an operation and the stub of the client's methods all read them here.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache, reduce
from inspect import Parameter
from itertools import pairwise
from textwrap import TextWrapper
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

LAST = "extra"
"""The parameter that comes last in every signature; few calls need it."""

UNDOCUMENTED = "Undocumented"
"""How the documentation of a parameter begins that no page of the vendor explains."""

WIDTH_COLUMNS = 100
"""Width of the section that explains the parameters."""


@cache
def parameter_names(cls: type[BaseModel]) -> tuple[str, ...]:
    """Order an operation's fields: required, its own, those it shares, undocumented ones, ``extra``."""
    fields, docs = cls.model_fields, _field_docs(cls)
    nearest_first = dict.fromkeys(
        name for base in cls.__mro__ for name in inspect.get_annotations(base) if name in fields
    )

    def rank(name: str) -> tuple[bool, bool, bool]:
        return not fields[name].is_required(), name == LAST, docs.get(name, "").startswith(UNDOCUMENTED)

    return tuple(sorted(nearest_first, key=rank))


def parameters(cls: type[BaseModel]) -> list[Parameter]:
    """Make an operation's parameters; all are keyword-only."""
    cls.model_rebuild()
    found: list[Parameter] = []
    for name in parameter_names(cls):
        field = cls.model_fields[name]
        default = Parameter.empty if field.is_required() else field.get_default(call_default_factory=True)
        annotation = bare(field.annotation)
        found.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
    return found


def bare(annotation: Any) -> Any:
    """Strip what only pydantic reads from an annotation, at any depth."""
    arms = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return bare(arms[0])
    if get_origin(annotation) in (Union, UnionType):
        return reduce(_either, map(bare, arms))
    if not arms or get_origin(annotation) is Literal:
        return annotation
    origin: Any = get_origin(annotation)
    return origin[tuple(map(bare, arms))]


def _either(one: Any, other: Any) -> Any:
    return one | other


def parameter_docs(cls: type[BaseModel]) -> Mapping[str, str]:
    """Read the documentation of each parameter, on one line; "" for one that has none."""
    docs = _field_docs(cls)
    return {name: docs.get(name, "") for name in parameter_names(cls)}


@cache
def _field_docs(cls: type[BaseModel]) -> Mapping[str, str]:
    written: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        written |= _attribute_docstrings(base)
    return {name: " ".join(text.split()) for name, text in written.items()}


def documentation(cls: type[BaseModel]) -> str:
    """Write an operation's docstring with a section that explains each parameter."""
    docs = parameter_docs(cls)
    wrapper = TextWrapper(WIDTH_COLUMNS, "    ", "        ", break_long_words=False, break_on_hyphens=False)
    lines = [wrapper.fill(f"{name}: {docs[name]}".rstrip()) for name in parameter_names(cls)]
    return "\n".join([inspect.cleandoc(cls.__doc__ or ""), "", "Args:", *lines])


def _attribute_docstrings(cls: type) -> dict[str, str]:
    """Read the texts below a class's own fields from its source; none where the source is not at hand."""
    if not cls.__module__.startswith(__package__ or "-"):
        return {}
    body = _class_bodies(cls.__module__).get(cls.__name__, [])
    found: dict[str, str] = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = value.value
    return found


@cache
def _class_bodies(module: str) -> dict[str, list[ast.stmt]]:
    """Parse a module once and give the body of each of its classes."""

    def classes(source: str) -> Iterator[tuple[str, list[ast.stmt]]]:
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                yield node.name, node.body

    try:
        return dict(classes(inspect.getsource(sys.modules[module])))
    except OSError:  # the package was installed without its source
        return {}
