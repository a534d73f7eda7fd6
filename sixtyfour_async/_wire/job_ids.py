"""The job's id in the answer to a submit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue

from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models._base import json_array, json_object

if TYPE_CHECKING:
    from sixtyfour_async.operations import JobOperation

MAX_ID_LENGTH = 1000
"""Characters of an id that a URL can hold with room to spare."""

MAX_ID_DEPTH = 5
"""Levels of an answer to a submit that are searched for the job's id."""

_NO_IDS = {"", "none", "null", "undefined", ".", ".."}
"""Texts that stand for a missing id, and those that are no part of a URL's path."""

_ID_NAMES = (
    *("task_id", "job_id", "id", "run_id", "search_id"),
    *("execution_id", "operation_id", "prediction_id", "process_id", "uuid"),
)
"""Names of a job's id, the likeliest first. Source: docs.sixtyfour.ai for the first row; the second is assumed."""

_NAMED_IN_TEXT = re.compile(
    r"""(?<![\w-])["']?(task[_-]?id|job[_-]?id)["']?\s*:\s*(?:"([^"\\]+)"|'([^'\\]+)'|([0-9]+)(?=\s*[,}\]\r\n]))""",
    re.IGNORECASE,
)
"""An id under a name that nothing else has, in text that is no JSON: quoted to its end, or a whole number."""

_ID_WRAPPERS = ("job", "task", "data", "result", "response", "payload")
"""Names of an object that an answer may be wrapped in. Assumed."""


def read_job_id(operation: JobOperation[Any], value: JsonValue, label: str) -> str:
    """Return the job's id from the answer to a submit; *label* names the request in errors.

    The route's own field comes first, at the top or inside `_ID_WRAPPERS`; then every other name an id may have.

    Raises:
        ResponseError: The answer contains no id. The job may be running nevertheless; ``raw`` holds the whole answer.
    """
    own = operation.endpoint.id_field
    places = _id_places(value)
    for name in (own, *_ID_NAMES):
        for fields in places:
            job_id = as_id(fields.get(_plain_name(name)))
            if job_id is not None:
                return job_id
    raise ResponseError(
        "the answer to the submit contains no job id",
        operation=label,
        expected=own,
        body=json.dumps(value)[:MAX_BODY_EXCERPT],
        raw=value,
    )


def find_job_id(text: str) -> str | None:
    """Return the job's id from text that is not JSON, such as a cut-off answer; None unless exactly one is named."""
    found = {as_id(next(filter(None, match.groups()[1:]))) for match in _NAMED_IN_TEXT.finditer(text)}
    return found.pop() if len(found) == 1 else None


def located_job(poll_path: str, location: str) -> str | None:
    """Return the job's id from the address that an answer leads to; None unless jobs are polled there.

    Source: RFC 9110, sections 15.3.3 and 15.4.4: "202 Accepted" and "303 See Other" say where to look for the rest.

    Args:
        poll_path: Path of the route that polls the job, such as ``/job-status/{job_id}``.
        location: The ``Location`` header.
    """
    try:
        path = urlsplit(location).path
    except ValueError:
        return None
    pattern = re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(poll_path))
    found = re.search(f"{pattern}/?$", f"/{path}")
    return None if found is None else as_id(unquote(found[1]))


def _id_places(value: JsonValue) -> list[dict[str, Any]]:
    """Return the objects in which a job's id may be, outermost first, with their keys in plain form."""
    places: list[dict[str, Any]] = []
    level: list[tuple[str, object]] = [("", value)]
    for _ in range(MAX_ID_DEPTH):
        found = [(wrapper, _plain_names(one)) for wrapper, one in level]
        for wrapper, fields in found:
            # ``{"job": {"id": …}}`` is a job's id in so many words, which a bare ``id`` beside it need not be.
            explicit = {f"{wrapper}id": fields["id"]} if wrapper in {"job", "task"} and "id" in fields else {}
            places.append(explicit | fields)
        level = [(name, fields[name]) for _, fields in found for name in _ID_WRAPPERS if name in fields]
    return places


def _plain_names(value: object) -> dict[str, Any]:
    """Return an object, or the one in a list of one, with its keys in plain form; nothing for any other value."""
    listed = json_array(value) or []
    fields = json_object(listed[0] if len(listed) == 1 else value) or {}
    return {_plain_name(name): fields[name] for name in reversed(fields) if fields[name] is not None}


def _plain_name(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def as_id(value: object) -> str | None:
    """Return an id as text; None for what is none, such as a boolean, blank text, or text that no URL can hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = value.strip() if isinstance(value, str) else ""
    usable = text.isprintable() and len(text) <= MAX_ID_LENGTH and text.casefold() not in _NO_IDS
    return text if usable else None
