"""Type-narrowing accessors for decoded JSON."""

from __future__ import annotations

from typing import Any, TypeGuard


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any] | None:
    """Return *value* if it is a JSON object, else None."""
    return value if _is_object(value) else None


def as_array(value: Any) -> list[Any] | None:
    """Return *value* if it is a JSON array, else None."""
    return value if _is_array(value) else None


def as_list(value: Any) -> list[Any]:
    """Return an array unchanged, and any other value as a list of one."""
    return value if _is_array(value) else [value]
