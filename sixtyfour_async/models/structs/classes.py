"""The classes that can be a struct: pydantic models, dataclasses (pydantic's and Python's) and TypedDicts."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import lru_cache, reduce
from typing import Annotated, Any, ParamSpec, TypeGuard, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import typing_extensions
from pydantic import BaseModel, PydanticUserError, RootModel, TypeAdapter

from sixtyfour_async.errors import ConfigurationError

P = ParamSpec("P")
R = TypeVar("R")


def cached_by_class(make: Callable[P, R]) -> Callable[P, R]:
    """Keep what a function made of the last classes; to type checkers it is the function."""
    cached: Any = lru_cache(maxsize=512)(make)
    return cast("Callable[P, R]", cached)


def is_struct_class(value: object) -> TypeGuard[type[Any]]:
    """Return whether a value is a class with fields of declared types."""
    return isinstance(value, type) and _has_declared_fields(cast("type[Any]", value))


@cached_by_class
def _has_declared_fields(cls: type[Any]) -> bool:
    if is_dataclass(cls) or typing_extensions.is_typeddict(cls):
        return True
    return issubclass(cls, BaseModel) and not issubclass(cls, RootModel)


@cached_by_class
def struct_adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """Return pydantic's adapter of a struct class, with forward references resolved.

    Raises:
        ConfigurationError: pydantic cannot make one, for instance because a type is not defined or not known to it.
    """
    try:
        if issubclass(cls, BaseModel):
            cls.model_rebuild()
        adapter = TypeAdapter[Any](readable(cls))
        adapter.rebuild(raise_errors=True)
    except (PydanticUserError, NameError, RecursionError) as error:
        why = str(error).partition("\n")[0].rstrip(".")
        raise ConfigurationError(f"{cls.__name__}: {why}") from error
    return adapter


def readable(annotation: Any) -> Any:
    """Return a type as pydantic takes it: before Python 3.12 it refuses the TypedDict of Python's own ``typing``."""
    if sys.version_info >= (3, 12):
        return annotation
    if typing.is_typeddict(annotation):
        return _rebuilt(annotation)
    given = get_args(annotation)
    arms = tuple(map(readable, given))
    if arms == given:
        return annotation
    origin: Any = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return reduce(_either, arms)
    return Annotated[arms] if origin is Annotated else origin[arms]


_MARKS = (typing.Required, typing.NotRequired)


def _either(one: Any, other: Any) -> Any:
    return one | other


@cached_by_class
def _rebuilt(cls: Any) -> Any:
    """Return the TypedDict of ``typing_extensions`` that has the same keys."""
    keys: dict[str, Any] = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        # The class does not know of a mark in an annotation that is still text.
        mark = get_origin(hint) if get_origin(hint) in _MARKS else None
        bare = readable(hint if mark is None else get_args(hint)[0])
        is_required = name in cls.__required_keys__ if mark is None else mark is typing.Required
        keys[name] = bare if is_required else typing_extensions.NotRequired[bare]
    build: Any = typing_extensions.TypedDict
    made = build(cls.__name__, keys)
    made.__doc__, made.__module__ = cls.__doc__, cls.__module__
    if hasattr(cls, "__pydantic_config__"):
        made.__pydantic_config__ = cls.__pydantic_config__
    return made
