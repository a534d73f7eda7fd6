"""Server-sent events: an incremental parser, fed with chunks that may end anywhere, even inside a character.

Source: the HTML standard, section 9.2.6, interpreting an event stream. ``retry`` is ignored, since nothing reconnects.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event.

    Attributes:
        data: The data lines, joined by newlines.
        event: The event type.
        id: The last event id that the stream has named so far; "" before the first.
    """

    data: str
    event: str = "message"
    id: str = ""


@dataclass(slots=True)
class EventParser:
    """The parser of one stream.

    An empty line ends an event. An event that the end of the stream cuts off is dropped, as the standard demands.
    """

    _decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"), init=False, repr=False
    )
    _started: bool = field(default=False, init=False)
    _line: str = field(default="", init=False)
    _after_return: bool = field(default=False, init=False)
    _data: list[str] = field(default_factory=list[str], init=False)
    _event: str = field(default="", init=False)
    _id: str = field(default="", init=False)

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Parse a chunk and return the events it completes."""
        text = self._decode.decode(chunk)
        if not text:
            return []
        if not self._started:
            self._started = True
            text = text.removeprefix(BYTE_ORDER_MARK)
        # Lines end with CR, LF or CRLF. A chunk that ends with CR may be followed by the LF of the same line end, which
        # must not count as an empty line: that would end the event too early.
        if self._after_return and text.startswith("\n"):
            text = text[1:]
            self._after_return = False
        if not text:
            return []
        self._after_return = text.endswith("\r")
        *lines, self._line = (self._line + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return [event for line in lines if (event := self._take(line)) is not None]

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        data, event = self._data, self._event
        self._data, self._event = [], ""
        return ServerEvent("\n".join(data), event or "message", self._id) if data else None
