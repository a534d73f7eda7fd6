"""Says what a JSON value is, so that type checkers know it too."""

from __future__ import annotations

from typing import Any, TypeGuard


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def as_object(value: Any) -> dict[str, Any] | None:
    """Give *value* if it is a JSON object."""
    return value if _is_object(value) else None


def as_array(value: Any) -> list[Any] | None:
    """Give *value* if it is a JSON array."""
    return value if _is_array(value) else None


def as_list(value: Any) -> list[Any]:
    """Give the entries of an array, or the one value that is no array."""
    return value if _is_array(value) else [value]
