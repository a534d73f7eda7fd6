"""The answer to an operation, validated and raw, and a response that nobody has decoded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async._wire.results import ResultReading, read_result
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.operations import Operation

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answer(Generic[R_co]):
    """An answer with its raw form, whether or not it fits the operation's class.

    An answer that was paid for is never thrown away: when it does not validate, ``raw`` still holds all of it.

    Attributes:
        value: The answer as the operation's answer class (or your ``struct``); None when it does not fit.
        raw: The decoded JSON, as the service sent it.
        error: The validation failure; None when the answer fits.
        request_id: The id that the service, or a proxy before it, gave the request; None when it gave none.
        no_answer: Why nothing that was asked for came back; None when something did.
    """

    value: R_co | None
    raw: JsonValue
    error: ResponseError | None = None
    request_id: str | None = None
    no_answer: str | None = None

    def result(self) -> R_co:
        """Return the value, or raise why there is none.

        Raises:
            ResponseError: The answer does not fit its class; the error, too, holds it as ``raw``.
        """
        if self.error is not None:
            raise self.error
        return cast("R_co", self.value)


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response that was not decoded, whatever its status.

    Attributes:
        status: The HTTP status.
        headers: The response headers, names in lower case.
        body: The body's bytes, with any content encoding removed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_answer(
    operation: Operation[R],
    raw: JsonValue,
    label: str,
    request_id: str | None = None,
    *,
    reading: ResultReading | None = None,
) -> Answer[R]:
    """Unwrap and validate decoded JSON as an operation's answer.

    Args:
        operation: The operation.
        raw: The decoded JSON.
        label: Names the request in errors.
        request_id: The id that the service gave the request.
        reading: The JSON, unwrapped before; None to do it here.
    """
    reading = reading or read_result(operation, raw)
    if reading.no_answer and not reading.recognised:
        why = f"no answer: {reading.no_answer}"
        nothing = ResponseError(why, operation=label, body=_excerpt(raw), raw=raw, request_id=request_id)
        return Answer(None, raw, nothing, request_id, reading.no_answer)
    try:
        value: R = decode_answer(operation.answer_type(), reading.value, operation=label, request_id=request_id)
    except ResponseError as error:
        error.raw = raw  # as it came, for whoever only catches the error
        return Answer(None, raw, error, request_id, reading.no_answer)
    return Answer(value, raw, None, request_id, reading.no_answer)


def _excerpt(raw: JsonValue) -> str:
    return json.dumps(raw)[:MAX_BODY_EXCERPT]
