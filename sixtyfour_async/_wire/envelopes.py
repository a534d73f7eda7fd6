"""Error bodies: message, code and field errors, whichever envelope they come in.

Source: docs.sixtyfour.ai, errors page; RFC 6749, section 5.2, for OAuth. Assumed for the rest: the
shapes of FastAPI, of common proxies and storage hosts, and of a sister platform's error page.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from sixtyfour_async._wire.json_body import decode_body, decode_text
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.status_words import error_text

MAX_BODY_EXCERPT = 500
"""Characters of a body that an error keeps."""

_PACE_FIELDS = ("retry_after", "retryAfter", "retry_after_seconds", "retry_after_ms", "retryAfterMs")

_UNITS = {
    **dict.fromkeys(("ms", "millisecond"), 0.001),
    **dict.fromkeys(("", "s", "sec", "second"), 1.0),
    **dict.fromkeys(("m", "min", "minute"), 60.0),
    **dict.fromkeys(("h", "hr", "hour"), 3600.0),
}
"""Seconds in a unit of time, by its word in the singular."""

_PACE = re.compile(
    r"\b(?:retry|try again|wait|available again|resets?)\b(?: \w+){0,3}? (?:in |after |for )?(?:about )?"
    r"(\d{1,6}(?:\.\d+)?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h)?\b",
    re.IGNORECASE,
)
"""A pace in words, such as "Retry after 42 seconds", "try again in 1 minute" or "please wait 30s"."""

MAX_TITLE_EXCERPT = 100
"""Characters of a web page's title, or of a text that is not JSON, that become the message."""


def read_envelope(body: bytes, status: int) -> tuple[str, str | None, list[tuple[str, str]]]:
    """Return message, code and field errors of an error body; the message is one line and never empty.

    Known shapes: ``{error, message}``, ``{detail: text}``, ``{detail: [{loc, msg}]}`` (FastAPI), ``{error: {code,
    message}}``, ``{status: "error", error: code, message, details, errors}``, ``{error, error_description}`` (OAuth),
    the HTML page of a proxy, the XML of a storage host, and an empty body.
    """
    try:
        parsed = json_object(decode_body(body)) if body else {}
    except ValueError:
        return _page_title(body, status), None, []
    if not parsed:
        return _phrase(status), None, []
    inner = json_object(parsed.get("error")) or json_object(parsed.get("detail")) or {}
    # ``error`` is a code in some envelopes and a sentence in others: only what looks like an identifier is a code.
    word = inner.get("code") or inner.get("error") or parsed.get("code") or parsed.get("error")
    code = word if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]*", word) else None
    candidates = [parsed.get(name) or inner.get(name) for name in ("detail", "errors", "details")]
    errors = [item for value in candidates if value != inner for item in _field_errors(value)]
    texts = (
        inner.get("message"),
        parsed.get("message"),
        parsed.get("error_description"),
        parsed.get("detail"),
        parsed.get("error"),
    )
    message = next((_line(text) for text in texts if isinstance(text, str) and error_text(text)), None)
    return message or ("the request was rejected" if errors else _phrase(status)), code, errors


def named_pace(body: bytes, message: str) -> float | None:
    """Return the seconds that an error's body, or its message, asks us to wait; None when neither does."""
    try:
        parsed = json_object(decode_body(body)) or {}
    except ValueError:
        parsed = {}
    for envelope in (parsed, json_object(parsed.get("error")) or {}, json_object(parsed.get("detail")) or {}):
        for name in _PACE_FIELDS:
            value = envelope.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
                return value / 1000 if name.lower().endswith("ms") else float(value)
            if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", value.strip()):
                return float(value) / (1000 if name.lower().endswith("ms") else 1)
    return _pace_in(message)


def _pace_in(message: str) -> float | None:
    found = _PACE.search(message)
    if found is None:
        return None
    unit = (found[2] or "").lower()
    return float(found[1]) * _UNITS[unit if unit in _UNITS else unit.removesuffix("s")]


def _line(text: str) -> str:
    """Return a text of the service in one line, cut to the length of an excerpt."""
    return " ".join(text.split())[:MAX_BODY_EXCERPT]


def _field_errors(value: object) -> list[tuple[str, str]]:
    by_name = json_object(value)
    if by_name is not None:
        texts = {name: text if isinstance(text, str) else json.dumps(text) for name, text in by_name.items()}
        return [(_line(name), _line(text)) for name, text in texts.items()]
    found: list[tuple[str, str]] = []
    for item in json_array(value) or []:
        entry = json_object(item)
        if entry is None:
            found.append(("", _line(str(item))))
            continue
        place = json_array(entry.get("loc")) or [entry.get("field") or entry.get("path") or ""]
        text = str(entry.get("msg") or entry.get("message") or "")
        found.append((_line(".".join(str(part) for part in place)), _line(text)))
    return found


def _page_title(body: bytes, status: int) -> str:
    text = decode_text(body)
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if title:
        return f"{' '.join(title[1].split())[:MAX_TITLE_EXCERPT]} (a web page, not the API)"
    storage = re.search(r"<Error>.*?<Message>(.*?)</Message>", text, re.DOTALL)
    if storage:
        return f"{' '.join(storage[1].split())[:MAX_TITLE_EXCERPT]} (from the storage host)"
    return _phrase(status) if text.lstrip()[:1] in "<{[" else _line(text)[:MAX_TITLE_EXCERPT]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "error without a message"
