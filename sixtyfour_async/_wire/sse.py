"""Server-sent events: bytes in, events out, however the bytes were cut. Source: the HTML standard, section 9.2."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. ``id`` is the last id that the stream named so far."""

    data: str
    event: str = "message"
    id: str = ""


@dataclass(slots=True)
class EventParser:
    """What has been read of one stream.

    An event ends with an empty line; one that the end of the stream cuts off is dropped, as the standard wants it.
    """

    _decode: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"), init=False, repr=False
    )
    _begun: bool = field(default=False, init=False)
    _line: str = field(default="", init=False)
    _after_return: bool = field(default=False, init=False)
    _data: list[str] = field(default_factory=list[str], init=False)
    _event: str = field(default="", init=False)
    _id: str = field(default="", init=False)

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Read on, and return the events that are whole now."""
        text = self._decode.decode(piece)
        if not text:
            return []
        if not self._begun:
            self._begun = True
            text = text.removeprefix(BOM)
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
