"""Answers that come as a stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import TypeVar

from pydantic import JsonValue

from sixtyfour_async._client.answers import read_answer
from sixtyfour_async._client.response import StreamedResponse
from sixtyfour_async._wire.codec import decode_json, request_id
from sixtyfour_async._wire.json_body import parse_json
from sixtyfour_async._wire.sse import EventParser, EventTooLongError, ServerEvent
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.operations import Operation

R = TypeVar("R")


async def read_events(response: StreamedResponse, operation: Operation[R]) -> AsyncGenerator[R, None]:
    """Yield the data of each event as the operation's answer class; data that is not JSON is validated as a string.

    Raises:
        APIError: The status is 400 or above.
        ResponseError: The response is no event stream, or an event does not fit the class.
    """
    label = str(operation.endpoint.route)
    content_type = response.headers.get("content-type", "")
    if response.status >= HTTPStatus.MULTIPLE_CHOICES or "text/event-stream" not in content_type:
        decode_json(await response.read(), operation=label)
        raise ResponseError(
            f"expected a stream of events, got {content_type or 'a body without a content type'}",
            operation=label,
            expected="text/event-stream",
            request_id=request_id(response.headers),
        )
    parser = EventParser()
    async for chunk in response.chunks:
        for event in _parsed(parser, chunk, label):
            yield read_answer(operation, _json_or_text(event.data), label, request_id(response.headers)).result()


def _parsed(parser: EventParser, chunk: bytes, label: str) -> list[ServerEvent]:
    try:
        return parser.feed(chunk)
    except EventTooLongError as error:
        raise ResponseError(str(error), operation=label, expected="text/event-stream") from error


def _json_or_text(text: str) -> JsonValue:
    try:
        return parse_json(text)
    except ValueError:
        return text
