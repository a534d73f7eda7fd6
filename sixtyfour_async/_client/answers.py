"""What an operation was answered: read as the class asked for, and raw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.operations import Operation

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer(Generic[R_co]):
    """An answer, whether or not it fits the class asked for.

    Attributes:
        value: The answer as that class; None when it does not fit.
        raw: The answer as the service sent it, decoded JSON.
        error: Why it does not fit.
        request_id: The service's id for the request when it sent one.
    """

    value: R_co | None
    raw: JsonValue
    error: ResponseError | None = None
    request_id: str | None = None

    def result(self) -> R_co:
        """Return the value.

        Raises:
            ResponseError: The answer does not fit; the error holds it, too, as ``raw``.
        """
        if self.error is not None:
            raise self.error
        return cast("R_co", self.value)


@dataclass(frozen=True, slots=True)
class RawResponse:
    """Status, headers (lower-case names) and bytes of an answer, unread."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(operation: Operation[R], raw: JsonValue, asked: str, request_id: str | None = None) -> Answer[R]:
    """Read an answer as its operation's class."""
    answer_type: Any = operation.answer_type()
    try:
        value: R = decode_answer(answer_type, raw, operation=asked, request_id=request_id)
    except ResponseError as error:
        return Answer(None, raw, error, request_id)
    return Answer(value, raw, None, request_id)
