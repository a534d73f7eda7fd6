r"""Decode JSON bodies: bytes to text, text to a value, the same for whoever reads one and whenever.

Servers and proxies send JSON that `json.loads` refuses, or accepts as a value that nothing else can store. An answer
that was paid for is not lost over that, so these deviations are read, and normalised here once:

- the encoding: a byte order mark, or UTF-16 and UTF-32 without one, else the declared charset, else UTF-8. Undecodable
  bytes become U+FFFD. CESU-8, where each half of a surrogate pair is encoded by itself, is read as well;
- a lone surrogate, raw or escaped (``"\ud83d"``), becomes U+FFFD: neither SQLite, UTF-8 files nor pydantic can hold it;
- control characters inside a string are kept;
- ``NaN``, ``Infinity`` and floats beyond the range of a double become null: they cannot be written as JSON again;
- an integer that is longer than Python converts (4300 digits by default) becomes a string of its digits;
- of duplicate keys the last one counts.

Nothing else is guessed: a prefix such as ``)]}',``, a trailing comma or a cut-off body is not JSON.
Source: RFC 8259 (JSON); the WHATWG encoding standard, section 6, for a byte order mark that outranks the charset.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import NoReturn

from pydantic import JsonValue

from sixtyfour_async._values import MAX_DEPTH, is_nested_too_deeply

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
"""Why a body is refused that pydantic would not parse either."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS = tuple(mark for mark, _ in _BYTE_ORDER_MARKS)
_BYTE_ORDER_MARK = "\ufeff"

_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Python's own text encodings that no server means: some raise, others read escapes."""

# Text in one of these is hardly ever valid UTF-8, in which JSON has to be: the declaration is a server's default.
_SINGLE_BYTE = re.compile(r"iso-?8859|latin|windows-?12|cp12|us-ascii|ascii")

_CHARSET = re.compile(r"""\bcharset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)

# A pair of surrogates is one character and stays; so does any other escape, and above all an escaped backslash, after
# which "ud83d" is plain text.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


class DeclaredBytes(bytes):
    """Bytes of a body that keep the charset they were declared with, wherever they are handed on to be decoded."""

    charset: str = ""


def with_charset(body: bytes, content_type: str) -> bytes:
    """Return a body that remembers the charset its content type declares; unchanged if that is UTF-8 or missing."""
    match = _CHARSET.search(content_type) if "=" in content_type else None
    charset = match[1].lower() if match else ""
    if charset in {"", "utf-8", "utf8"}:
        return body
    declared = DeclaredBytes(body)
    declared.charset = charset
    return declared


def decode_text(body: bytes) -> str:
    """Return the text of a body, whatever it holds, without a byte order mark and without lone surrogates."""
    if body.startswith(_MARKS):
        return _decode_as(next(encoding for mark, encoding in _BYTE_ORDER_MARKS if body.startswith(mark)), body)
    # JSON begins with an ASCII character, and a NUL is no part of it: among the first four bytes it tells the encoding.
    if 0 in body[:4]:
        return _decode_as(json.detect_encoding(body), body)
    if isinstance(body, DeclaredBytes) and not (_SINGLE_BYTE.match(body.charset) and _is_utf8(body)):
        return _decode_as(body.charset, body)
    try:
        return body.decode()
    except UnicodeDecodeError:
        return _decode_as("utf-8", body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode_body(body: bytes) -> JsonValue:
    """Return the value of a JSON body.

    Raises:
        ValueError: The body is not JSON, or nested deeper than `MAX_DEPTH` levels.
    """
    return _parse(decode_text(body).rstrip("\0"))  # some servers send the end of a C string, too


def is_whole_json(body: bytes) -> bool:
    """Return whether a body is a JSON object or array from beginning to end, as no part of one is."""
    if body.rstrip(b" \t\r\n\0")[-1:] not in {b"}", b"]"}:  # most broken bodies need no parser
        return False
    try:
        return isinstance(decode_body(body), dict | list)
    except ValueError:
        return False


def parse_json(text: str) -> JsonValue:
    """Return the value of JSON text, normalised as that of a body.

    Raises:
        ValueError: The text is not JSON, or nested deeper than `MAX_DEPTH` levels.
    """
    return _parse(_without_lone_surrogates(text.removeprefix(_BYTE_ORDER_MARK)))


# --- bytes to text ----------------------------------------------------------------------------------------------------


def _decode_as(encoding: str, body: bytes) -> str:
    """Decode with the first of these that fits: the encoding, UTF-8, CESU-8, the encoding with replacements."""
    wanted = encoding if _is_charset(encoding) else "utf-8"
    for name, errors in ((wanted, "strict"), ("utf-8", "strict"), ("utf-8", "surrogatepass"), (wanted, "replace")):
        try:
            text = body.decode(name, errors)
        except ValueError:  # UnicodeError is one
            continue
        # Strict UTF-8 yields no surrogates; other codecs may.
        is_clean = name == "utf-8" and errors == "strict"
        return (text if is_clean else _without_lone_surrogates(text)).lstrip(_BYTE_ORDER_MARK)
    return body.decode("utf-8", "replace").lstrip(_BYTE_ORDER_MARK)


def _is_charset(name: str) -> bool:
    try:
        b"0".decode(name, "replace")  # a LookupError if it does not decode to text, such as "hex" and "zlib"
        return codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _without_lone_surrogates(text: str) -> str:
    """Join the surrogate pairs in a text, and replace the surrogates that have no partner."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


# --- text to a value --------------------------------------------------------------------------------------------------


class _NotPortableError(ValueError):
    """A number that is JSON to Python, but not to others, or the reverse."""


def _refuse(text: str) -> NoReturn:
    raise _NotPortableError(text)


def _finite_or_refuse(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _finite_or_none(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _integer_or_digits(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


# The strict decoder leaves integers to C, which is faster, and raises whatever the tolerant one must normalise.
_STRICT = json.JSONDecoder(parse_float=_finite_or_refuse, parse_constant=_refuse)
_TOLERANT = json.JSONDecoder(
    parse_float=_finite_or_none,
    parse_constant=lambda _: None,
    parse_int=_integer_or_digits,
    strict=False,
)


def _parse(text: str) -> JsonValue:
    """Return the value of JSON text without raw surrogates."""
    # A search for one character is the fastest, and most texts hold no escape at all.
    if "\\" in text and "\\u" in text and ("\\ud" in text or "\\uD" in text):
        text = _ESCAPE.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)
    try:
        try:
            value: JsonValue = _STRICT.decode(text)
        except ValueError:
            value = _TOLERANT.decode(text)
    except RecursionError as error:
        raise ValueError(TOO_DEEP) from error
    if text.count("[") + text.count("{") > MAX_DEPTH and is_nested_too_deeply(value):
        raise ValueError(TOO_DEEP)
    return value
