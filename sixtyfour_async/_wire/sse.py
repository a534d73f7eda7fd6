"""Server-sent events: an incremental parser, fed with chunks that may end anywhere, even inside a character.

Source: the HTML standard, section 9.2.6, interpreting an event stream. ``retry`` is ignored, since nothing reconnects.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

BYTE_ORDER_MARK = "\ufeff"

MAX_EVENT_CHARACTERS = 8 * 1024 * 1024
"""Length of one event. The events of a chat are a few words each."""


class EventTooLongError(ValueError):
    """An event does not end within `MAX_EVENT_CHARACTERS`."""


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
    _line: list[str] = field(default_factory=list[str], init=False)
    _length: int = field(default=0, init=False)
    _after_return: bool = field(default=False, init=False)
    _data: list[str] = field(default_factory=list[str], init=False)
    _event: str = field(default="", init=False)
    _id: str = field(default="", init=False)

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Parse a chunk and return the events it completes.

        Raises:
            EventTooLongError: An event does not end within `MAX_EVENT_CHARACTERS`.
        """
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
        first, *more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._line.append(first)
        self._check_length(len(first))
        events: list[ServerEvent | None] = []
        for part in more:  # each begins a line, and so ends the one before
            events.append(self._take("".join(self._line)))
            self._line = [part]
            self._check_length(len(part))
        return [event for event in events if event is not None]

    def _check_length(self, more: int) -> None:
        self._length += more
        if self._length > MAX_EVENT_CHARACTERS:
            raise EventTooLongError(f"an event is longer than {MAX_EVENT_CHARACTERS} characters")

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            self._length = 0
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
