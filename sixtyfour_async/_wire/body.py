"""The bytes of an answer, as they came."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self

from pydantic import JsonValue

from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async._wire.json_body import decode_body, decode_text, with_charset
from sixtyfour_async.errors import ResponseError

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an answer as it came, and how it was declared. What it says is read whenever it is needed.

    Attributes:
        content: The bytes, with any content encoding (gzip and the like) removed.
        content_type: The ``Content-Type`` header, which may name a charset; "" when there was none.
    """

    content: bytes = field(repr=False)
    content_type: str = JSON

    @classmethod
    def of(cls, value: JsonValue) -> Self:
        """Encode a value of ours, such as a row's part of a shared answer."""
        return cls(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    @property
    def text(self) -> str:
        """The text of the bytes, whatever they hold; what cannot be decoded is U+FFFD."""
        return decode_text(with_charset(self.content, self.content_type))

    def value(self) -> JsonValue:
        """Return the JSON value; None for an empty body.

        Raises:
            ValueError: The body is not JSON, however tolerantly it is read.
        """
        return decode_body(with_charset(self.content, self.content_type)) if self.content else None

    def decode(self, *, operation: str, request_id: str | None = None) -> JsonValue:
        """Return the JSON value, for an answer to *operation*; None for an empty body.

        Raises:
            ResponseError: The body is not JSON.
        """
        try:
            return self.value()
        except ValueError as error:
            raise ResponseError(
                "an answer whose body is not JSON",
                operation=operation,
                expected="JSON",
                body=self.text[:MAX_BODY_EXCERPT],
                request_id=request_id,
            ) from error
