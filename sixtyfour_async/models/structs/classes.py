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
    if not isinstance(value, type):
        return False
    cls = cast("type[Any]", value)
    is_model = issubclass(cls, BaseModel) and not issubclass(cls, RootModel)
    return is_model or is_dataclass(cls) or typing_extensions.is_typeddict(cls)


@cached_by_class
def struct_adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """Return pydantic's adapter of a struct class, with forward references resolved.

    Raises:
        ConfigurationError: pydantic cannot make one, for instance because a type is not defined or not known to it.
    """
    try:
        if issubclass(cls, BaseModel):
            cls.model_rebuild()
        return TypeAdapter(readable(cls))
    except (PydanticUserError, NameError, RecursionError) as error:
        why = str(error).partition("\n")[0].rstrip(".")
        raise ConfigurationError(f"{cls.__name__}: {why}") from error


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


def _either(one: Any, other: Any) -> Any:
    return one | other


@cached_by_class
def _rebuilt(cls: Any) -> Any:
    """Return the TypedDict of ``typing_extensions`` that has the same keys."""
    hints = {name: readable(_bare(hint)) for name, hint in get_type_hints(cls, include_extras=True).items()}
    keys: dict[str, Any] = {
        name: hint if name in cls.__required_keys__ else typing_extensions.NotRequired[hint]
        for name, hint in hints.items()
    }
    build: Any = typing_extensions.TypedDict
    made = build(cls.__name__, keys)
    made.__doc__, made.__module__ = cls.__doc__, cls.__module__
    if hasattr(cls, "__pydantic_config__"):
        made.__pydantic_config__ = cls.__pydantic_config__
    return made


def _bare(hint: Any) -> Any:
    """Strip ``Required`` and ``NotRequired``; the class itself says which keys are required."""
    return get_args(hint)[0] if get_origin(hint) in (typing.Required, typing.NotRequired) else hint
