"""Is it the API that answered? A redirect, or a web page where JSON was due, comes from something else.

Such an answer proves that a request did nothing, as far as anything can: the API redirects none of its routes and
answers nothing with a page. A page with an error status is another matter: it comes from a proxy before the API, which
may have passed the request on.

Assumed: whatever answers in the API's place (a login form, the portal of a network, a parked domain, an old host name)
redirects, or sends HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from pydantic import JsonValue

from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async._wire.json_body import decode_body, decode_text
from sixtyfour_async.errors import AddressError
from sixtyfour_async.models._base import json_object

WRONG_ADDRESS = "base_url (SIXTYFOUR_API_ENDPOINT) does not lead to the API"

_PAGE = re.compile(r"(<!--.*?-->\s*|<\?xml.*?\?>\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)

_TITLE = re.compile(r"<title[^>]*>(.{1,100}?)</title>", re.IGNORECASE | re.DOTALL)

_NAMES_NOTHING = re.compile(r"(404|error|page|route|path|url|the|requested|was|not found|no such|on this server|\W)+")
"""The text of a 404 that does not name what is missing: "Not Found", "404 page not found"."""


def check_address(
    status: int, headers: Mapping[str, str], body: bytes, *, operation: str, request_id: str | None
) -> None:
    """Raise unless a response, its status below 400, may come from the API.

    Raises:
        AddressError: It is a redirect or a web page. The message names the host that it leads to, or the page's title,
            never a path or query, which may hold a secret.
    """
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        where = _host(headers.get("location", ""))
        raise AddressError(
            f"{WRONG_ADDRESS}: {status} redirects elsewhere{where}",
            operation=operation,
            request_id=request_id,
        )
    text = _page(headers.get("content-type", ""), body)
    if text is None:
        return
    try:
        decode_body(body)
    except ValueError as error:
        title = _TITLE.search(text)
        named = f" ({' '.join(title[1].split())})" if title else ""
        raise AddressError(
            f"{WRONG_ADDRESS}: {status} with a web page{named}, not JSON,",
            operation=operation,
            expected="JSON",
            body=text[:MAX_BODY_EXCERPT],
            request_id=request_id,
        ) from error


def names_no_resource(message: str, body: bytes) -> bool:
    """Return whether the body of a 404 does not name what is missing, so that it may be the route itself.

    The documented texts do: "Job not found", "Search not found …" (docs.sixtyfour.ai, errors page). Web frameworks,
    proxies and hosts of other things answer "Not Found", a page, or nothing at all.
    """
    try:
        is_object = json_object(decode_body(body)) is not None
    except ValueError:
        is_object = False
    return not is_object or _NAMES_NOTHING.fullmatch(message.casefold()) is not None


def check_balance_shape(value: JsonValue, *, operation: str) -> None:
    """Raise unless decoded JSON may be the API's answer to a request for the balance.

    It is an object with a number, the credits; an error in an envelope, or an object without a key, says nothing.

    Raises:
        AddressError: It is something else, such as ``{"status": "ok"}``.
    """
    fields = json_object(value)
    if fields is not None:
        numbers = [one for one in fields.values() if isinstance(one, int | float) and not isinstance(one, bool)]
        if not fields or numbers or fields.keys() & {"error", "errors", "detail", "message", "credits", "balance"}:
            return
    raise AddressError(f"{WRONG_ADDRESS}: 200 with JSON that is not the API's", operation=operation, expected="Balance")


def _host(location: str) -> str:
    """Return ``, to https://host,``; a comma when the redirect stays on its host or names none."""
    try:
        url = urlsplit(location)
        host = f"{url.hostname}:{url.port}" if url.port else url.hostname
    except ValueError:
        return ","
    return f", to {url.scheme or 'https'}://{host}," if host else ","


def _page(content_type: str, body: bytes) -> str | None:
    """Return the text of a body that is a web page, or declared as one and no JSON by its first character."""
    declared = "html" in content_type.lower()
    if not declared and b"<" not in body[:256]:
        return None
    text = decode_text(body)
    start = text[:2000].lstrip()
    is_page = _PAGE.match(start) or (declared and start[:1] not in {"", "{", "[", '"'})
    return text if is_page else None
