"""What a result may be wrapped in, and the words in which a service says that there is none.

Opened are: the text of a JSON value, a list of one, an object under a key such as ``data`` or ``result``, and an object
under the only key of another. Nothing is decided here: `sixtyfour_async._wire.results` chooses among what was opened.
All names in this module are assumed; they are those that services of this field use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import JsonValue

from sixtyfour_async._wire.json_body import parse_json
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.poll_fields import JOB_FIELDS
from sixtyfour_async.models.spelling import normal_key
from sixtyfour_async.models.status_words import JobState, error_text, has_content, read_state

MAX_WRAPPERS = 8
"""Levels of wrapping that are opened."""

MAX_CANDIDATES = 50
"""Values of one level that are looked at."""

MAX_TEXT_CHARACTERS = 500

_QUOTES = frozenset({"lead", "leads", "person", "company", "contact", "input"})
"""Normalised keys that may as well quote the question, so that they are opened last."""

_WRAPPERS = _QUOTES.union(
    ("data", "result", "results", "output", "outputs", "response", "responses", "answer", "answers"),
    ("body", "payload", "content", "json", "object", "entity", "profile", "enrichment"),
    ("item", "items", "record", "records", "row", "rows", "match", "matches"),
)
"""Normalised keys that may wrap a result."""

_REASONS = (
    *("error", "error_message", "errors", "failure_reason", "no_answer_reason", "reason", "message", "detail"),
    *("status_message", "status_reason", "explanation", "comment", "note", "notes"),
)
"""Keys whose text may say why there is no answer, in order."""

_WORDS = ("status", "result_status", "status_code")

TEXT_KEYS = frozenset(map(normal_key, (*_REASONS, *_WORDS)))
"""Normalised keys of texts about a request."""

_COSTS = ("cost_cents", "cost_credits", "charge_amount", "charge_credits", "cost", "credits", "credits_used")
_VERDICTS = ("found", "ok", "matched", "is_found", "has_result", "confidence", "confidence_score", "score")
_MARGIN = ("references", "sources", "findings", "field_confidence", "mode", "provider", "providers")
_JOB = (*JOB_FIELDS, "task_id", "job_status", "task_status", "overall_status")

ABOUT_THE_REQUEST = TEXT_KEYS | frozenset(map(normal_key, (*_COSTS, *_VERDICTS, *_MARGIN, *_JOB)))
"""Normalised keys that say something about a request, and nothing that was asked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that may be the result, and the members of the objects around it."""

    value: JsonValue
    around: dict[str, Any] = field(default_factory=dict[str, Any])


def levels(raw: JsonValue) -> Iterator[list[Candidate]]:
    """Yield the values that may be the result, the outermost first, level by level of wrapping."""
    level = [Candidate(raw)]
    for _ in range(1 + MAX_WRAPPERS):
        yield level
        level = [inner for one in level for inner in _inside(one)][:MAX_CANDIDATES]
        if not level:
            return


def _inside(outer: Candidate) -> Iterator[Candidate]:
    """Yield what a value may be no more than a wrapping of."""
    members, items = json_object(outer.value), json_array(outer.value)
    if isinstance(outer.value, str):
        decoded = decode_text_value(outer.value)
        if decoded is not outer.value:
            yield replace(outer, value=decoded)
    elif items is not None and len(items) == 1:
        yield replace(outer, value=items[0])
    elif members is not None:
        facts = [key for key in members if normal_key(key) not in ABOUT_THE_REQUEST]
        opened = [key for key in facts if normal_key(key) in _WRAPPERS] or (facts if len(facts) == 1 else [])
        for key in sorted(opened, key=lambda one: normal_key(one) in _QUOTES):
            rest = {other: value for other, value in members.items() if other != key}
            yield Candidate(members[key], outer.around | rest)


def decode_text_value(value: JsonValue) -> JsonValue:
    """Return the list, object or text that a text holds as JSON, as Python writes it or fenced; else the value itself.

    A model that writes the result quotes it as it would in a chat, and a worker may have printed it.
    """
    text = value.strip() if isinstance(value, str) else ""
    if text[:1] not in {"{", "[", '"', "`"}:
        return value
    try:
        return parse_json(text)
    except ValueError:
        from sixtyfour_async.models.structs.notation import read_notation  # noqa: PLC0415 (few answers need it)

        found: Any = read_notation(text)
    return value if json_object(found) is None and json_array(found) is None else found


def is_wrapper(key: str, value: JsonValue) -> bool:
    """Return whether a member may be a wrapping only: it is opened at the next level, and says nothing by itself."""
    if normal_key(key) not in _WRAPPERS:
        return False
    inner = decode_text_value(value)
    items = json_array(inner)
    return json_object(inner) is not None or (items is not None and len(items) <= 1)


def rows_in(raw: JsonValue) -> list[Any] | None:
    """Return the list of rows in an answer, each row decoded; None when there is no list.

    Of several lists the outermost with objects in it counts. Each row may be alone in a list of its own.
    """
    first: list[Any] | None = None
    for level in levels(raw):
        for one in level:
            items = json_array(one.value)
            rows = None if items is None else [_alone(decode_text_value(item)) for item in items]
            if rows is not None and any(_is_row(row, alone=len(rows) == 1) for row in rows):
                return rows
            first = rows if first is None else first
    return first


def rows_in_parts(raw: JsonValue) -> list[Any]:
    """Return the rows of the outermost object with several lists, such as what succeeded and what failed; else none.

    The order of such rows says nothing.
    """
    for level in levels(raw):
        for members in filter(None, (json_object(one.value) for one in level)):
            values = [decode_text_value(value) for key, value in members.items() if normal_key(key) not in _QUOTES]
            lists = [items for value in values if (items := json_array(value)) is not None]
            rows = [row for items in lists for row in map(decode_text_value, items) if json_object(row) is not None]
            if len(lists) > 1 and rows:
                return rows
    return []


def _alone(value: Any) -> Any:
    """Return what is alone in a list; any other value as it is."""
    items = json_array(value)
    return items[0] if items is not None and len(items) == 1 else value


def objects_in(raw: JsonValue) -> list[dict[str, Any]]:
    """Return the objects that may be the result, the outermost first, without what they say of the request."""
    objects = [members for level in levels(raw) for one in level if (members := json_object(one.value)) is not None]
    return [
        {key: one for key, one in members.items() if normal_key(key) not in ABOUT_THE_REQUEST} for members in objects
    ]


def _is_row(value: Any, *, alone: bool) -> bool:
    """Return whether an item of a list is a row, rather than a wrapping of the rows in a list of one."""
    members = json_object(value)
    if members is None:
        return False
    facts = [key for key in members if normal_key(key) not in ABOUT_THE_REQUEST]
    wrapped = [decode_text_value(members[key]) for key in facts if normal_key(key) in _WRAPPERS]
    return not (alone and len(facts) == len(wrapped) == 1 and json_array(wrapped[0]) is not None)


def reason_in(raw: JsonValue) -> str | None:
    """Return the service's own words on why there is no answer; None when there are none."""
    for level in levels(raw):
        for members in filter(None, (json_object(one.value) for one in level)):
            named = {normal_key(key): value for key, value in members.items()}
            texts = [error_text(named.get(normal_key(key))) for key in _REASONS]
            prose = [value for key, value in named.items() if key in _WRAPPERS - _QUOTES and isinstance(value, str)]
            words = [word for key in _WORDS if isinstance(word := named.get(normal_key(key)), str)]
            found = next((text for text in (*texts, *prose, *words) if text and _explains(text)), None)
            if found is not None:
                return shorten(found)
    text = _bare_text(raw)
    return shorten(text) if _explains(text) else None


def _bare_text(raw: JsonValue) -> str:
    """Return the text that a value is, alone in a list or quoted as JSON perhaps; "" for any other value."""
    for _ in range(MAX_WRAPPERS):
        items, decoded = json_array(raw), decode_text_value(raw)
        if decoded is raw and (items is None or len(items) != 1):
            break
        raw = decoded if items is None else items[0]
    return raw if isinstance(raw, str) else ""


def _explains(text: str) -> bool:
    """Return whether a text says more than that all is well, as ``"no matches"`` does."""
    # "no_results" and the like are good ends of a job, and still say why there is no answer.
    is_well = read_state(text) is JobState.COMPLETED and not text.strip().casefold().startswith("no")
    return error_text(text) is not None and not is_well and decode_text_value(text) is text


def shorten(value: object) -> str:
    """Return a value as text of at most `MAX_TEXT_CHARACTERS`, on one line; what is no text as JSON."""
    text = " ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split())
    return text if len(text) <= MAX_TEXT_CHARACTERS else f"{text[: MAX_TEXT_CHARACTERS - 1]}…"


def default_reason(raw: JsonValue) -> str:
    """Return why a result is no answer, where the service does not say."""
    if raw is None:
        return "the result is null"
    return "nothing that was asked for came back" if has_content([decode_text_value(raw)]) else "the result is empty"
