"""An answer that is a stream of server-sent events, read as it comes."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._client.answers import read
from sixtyfour_async._client.transport import Opened
from sixtyfour_async._wire.codec import decode_json, request_id
from sixtyfour_async._wire.sse import EventParser
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.operations import Operation

R = TypeVar("R")


async def read_events(opened: Opened, operation: Operation[R]) -> AsyncGenerator[R, None]:
    """Yield the data of each event, as the type of the operation's answer; data that is not JSON counts as text."""
    asked = str(operation.endpoint.route)
    kind = opened.headers.get("content-type", "")
    if opened.status >= HTTPStatus.MULTIPLE_CHOICES or "text/event-stream" not in kind:
        decode_json(await opened.whole(), operation=asked)
        raise ResponseError(
            f"the answer is {kind or 'of no named type'}, not a stream of events",
            operation=asked,
            expected="text/event-stream",
            request_id=request_id(opened.headers),
        )
    parser = EventParser()
    async for piece in opened.pieces:
        for event in parser.feed(piece):
            yield read(operation, _loaded(event.data), asked, request_id(opened.headers)).result()


def _loaded(text: str) -> JsonValue:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return cast("JsonValue", value)
