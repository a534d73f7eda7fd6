"""Headers of a delivery, in whichever form a framework hands them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from sixtyfour_async.errors import WebhookError
from sixtyfour_async.models._base import json_array

Name: TypeAlias = str | bytes
Headers: TypeAlias = Mapping[str, Any] | Mapping[bytes, Any] | Iterable[tuple[Name, Any]] | None
"""A mapping, or an object with ``items()`` as frameworks have, or pairs, as in ASGI; names and values as text or bytes,
a value also a list of them. None is no headers."""


def header_values(headers: Headers, name: str) -> list[str]:
    """Return every value of a header, its name compared without case; bytes are read as ISO 8859-1, as in HTTP.

    Raises:
        WebhookError: *headers* is neither a mapping nor pairs.
    """
    wanted = name.casefold()
    try:
        pairs = [(_text(key), value) for key, value in _pairs(headers)]
    except (TypeError, ValueError) as error:
        raise WebhookError("headers must be a mapping of the request's headers, or pairs of name and value") from error
    return [_text(one).strip(" \t") for key, value in pairs if key.casefold() == wanted for one in _each(value)]


def _pairs(headers: Headers) -> Iterable[tuple[Any, Any]]:
    items = getattr(headers, "items", None)
    # Frameworks' own classes repeat a name in items() for each of its headers, which __getitem__ would hide.
    return cast("Iterable[tuple[Any, Any]]", items() if callable(items) else headers or ())


def _each(value: Any) -> list[Any]:
    listed = json_array(value)
    return [value] if listed is None else listed


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
