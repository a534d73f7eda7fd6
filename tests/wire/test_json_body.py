"""The JSON decoder: any encoding of a value is that value, and any bytes are a value or a ValueError."""

from __future__ import annotations

import codecs
import json
import math
import sys
from datetime import UTC, datetime
from encodings.aliases import aliases
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sixtyfour_async._values import MAX_DEPTH
from sixtyfour_async._wire.codec import HTTPResponse, decode_error, decode_json, is_unknown_route
from sixtyfour_async._wire.json_body import (
    decode_body,
    decode_text,
    parse_json,
    with_charset,
)
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models._base import json_array, json_object
from tests.properties import examples

NOW = datetime(2026, 2, 18, 10, 0, 0, tzinfo=UTC)
QUICK = examples(200)

clean = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
torn = st.text(max_size=10) | st.text(st.sampled_from("\ud83d\ude00\udfff\\u8d中"), max_size=8)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


def values(texts: st.SearchStrategy[str], others: st.SearchStrategy[Any] = numbers) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | others | texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    )


MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
CHARSETS = (*MARKED, "utf-16", "utf-32", "utf-7", "gb18030")
LEGACY = ("iso-8859-1", "windows-1252", "shift_jis", "euc-kr", "koi8-r", "big5", "cp500")


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def normalised(value: Any) -> Any:
    """Return a value as the documented normalisations leave it."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    members, items = json_object(value), json_array(value)
    if members is not None:
        return {normalised(key): normalised(inner) for key, inner in members.items()}
    return value if items is None else [normalised(inner) for inner in items]


@cache
def legacy_texts(charset: str) -> st.SearchStrategy[str]:
    """Texts of what decoding two bytes gives; to ask for all that can be encoded takes a second for each charset."""
    pairs = (bytes(pair).decode(charset, "ignore") for pair in product(range(256), repeat=2))
    return st.text(st.sampled_from(sorted(set[str]().union(*pairs) - set("¥‾\u3164"))), max_size=20)


@QUICK
@given(values(clean), st.sampled_from(sorted(MARKED)), st.booleans())
def test_a_value_with_a_byte_order_mark_is_read_whatever_the_charset_says(
    value: Any, encoding: str, is_mislabelled: bool
) -> None:
    body = MARKED[encoding] + json.dumps(value, ensure_ascii=False).encode(encoding)
    content_type = "application/json; charset=iso-8859-1" if is_mislabelled else ""

    assert decode_body(with_charset(body, content_type)) == value


@QUICK
@given(values(clean), st.sampled_from(CHARSETS), st.sampled_from(['charset="{}"', "charset={}; x=y", "CHARSET = {}"]))
def test_a_value_with_a_declared_charset_is_read(value: Any, charset: str, parameter: str) -> None:
    body = json.dumps(value, ensure_ascii=False).encode(charset)

    assert decode_body(with_charset(body, "application/json; " + parameter.format(charset.upper()))) == value


@QUICK
@given(st.data(), st.sampled_from(LEGACY))
def test_legacy_charsets_are_read(data: st.DataObject, charset: str) -> None:
    value = data.draw(values(legacy_texts(charset)))
    body = json.dumps(value, ensure_ascii=False).encode(charset)
    if charset in {"iso-8859-1", "windows-1252"}:  # what is UTF-8 as well is read as that, whatever is declared
        assume(body.isascii() or not is_utf8(body))

    assert decode_body(with_charset(body, f"text/plain;charset={charset}")) == value


@QUICK
@given(values(clean), st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_a_value_in_utf_16_or_32_is_recognised_without_mark_and_charset(value: Any, encoding: str) -> None:
    assert decode_body(json.dumps([value], ensure_ascii=False).encode(encoding)) == [value]


@QUICK
@given(values(torn, numbers | st.floats()), st.booleans(), st.sampled_from(["utf-8", "utf-16-le", "utf-32-be"]))
def test_lone_surrogates_and_non_finite_numbers_are_normalised(value: Any, is_escaped: bool, encoding: str) -> None:
    """Escaped, a pair is one character; encoded as it stands, the two halves are joined in UTF-8 and UTF-16."""
    text = json.dumps(value, ensure_ascii=is_escaped)
    if not is_escaped and encoding != "utf-8":
        text = normalised(text)
    body = text.encode(encoding, "surrogatepass")

    found = decode_body(body)

    assert found == normalised(value)
    assert_portable(found, body)


def assert_portable(value: Any, body: bytes) -> None:
    """Assert that a decoded value can be written as UTF-8, and read again from what was written and from what came."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    written.encode()
    assert json.loads(written) == parse_json(written) == value
    assert decode_body(body) == value


fragments = st.sampled_from(
    [
        *(b'{"a":', b"[", b"]", b"}", b'"', b",", b"1", b"9" * 5000, b"1e999", b"-Infinity", b"NaN", b"\\ud83d"),
        *(
            b"\\",
            b"\\u",
            b"\xed\xa0\xbd",
            b"\xed\xb8\x80",
            b"\xff",
            b"\0",
            b"\n",
            b"null",
            b"\xe4\xb8",
            *MARKED.values(),
        ),
    ]
)
any_bytes = st.binary(max_size=60) | st.lists(fragments, max_size=12).map(b"".join)
any_type = st.text(max_size=20) | st.sampled_from(
    [
        *("charset=" + name for name in sorted(set(aliases.values()))),
        *(
            "charset=idna",
            "charset=undefined",
            "charset=unicode_escape",
            "charset=punycode",
            "charset=..",
            "charset=\0",
        ),
    ]
)


@examples(1500)
@given(any_bytes, any_type)
@example(b"[" * 100_000, "")
@example(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "")
@example(b"9" * 100_000, "")
@example(b"\xef\xbb\xbf", "")
def test_any_bytes_are_a_portable_value_or_a_response_error(body: bytes, content_type: str) -> None:
    response = HTTPResponse(200, {"content-type": content_type}, body, NOW)
    decode_text(response.body).encode()
    try:
        value = decode_json(response, operation="GET /x")
    except ResponseError as error:
        error.body.encode()
        return
    if body:
        assert_portable(value, response.body)


@QUICK
@given(any_bytes, any_type)
def test_any_bytes_of_an_error_are_that_error(body: bytes, content_type: str) -> None:
    response = HTTPResponse(500, {"content-type": content_type}, body, NOW)
    error = decode_error(response, operation="GET /x")

    (error.message + error.body).encode()
    assert error.status == 500
    assert not is_unknown_route(response)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"a\nb\tc\x00"', "a\nb\tc\0"),
        (b"[NaN, Infinity, -Infinity, 1e999, -1e999, 1e-999]", [None] * 5 + [0.0]),
        (b"[" + b"9" * 5000 + b", -" + b"8" * 5000 + b"]", ["9" * 5000, "-" + "8" * 5000]),
        (b"9" * 400, int("9" * 400)),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\ude00\ud83d"', "\ufffd\ufffd"),
        (rb'"\uD83D\uDE00"', "\U0001f600"),
        (rb'"\\ud83d"', r"\ud83d"),
        (rb'"\\\ud83d"', "\\\ufffd"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (b'"\xed\xa0\xbd\xed\xb8\x80"', "\U0001f600"),
        (b'"\xed\xa0\xbd"', "\ufffd"),
        (b'"M\xfcnchen"', "M\ufffdnchen"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (rb'{"\ud83d": 1, "\ud83e": 2}', {"\ufffd": 2}),
        (codecs.BOM_UTF8 * 2 + b"1", 1),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        (b'["' + b"[" * 500 + b'"]', ["[" * 500]),
    ],
)
def test_deviations_are_normalised(body: bytes, value: Any) -> None:
    assert decode_body(body) == value
    assert_portable(value, body)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b")]}',\n{}", b"{} {}", b"[1,]", b"{'a': 1}", b"// x\n1", b'{"status": "comp', b"<html>", b"\xff"),
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    ],
)
def test_nothing_else_is_guessed(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (its messages are those of the json module)
        decode_body(body)


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("München".encode(), "us-ascii", "München"),  # wrong, and recognisably so
        ("München".encode(), "no-such-charset", "München"),
        ("München".encode(), "unicode_escape", "München"),
        ("München".encode("cp1252"), "us-ascii", "M\ufffdnchen"),
        ("München".encode("cp1252"), "cp1252", "München"),
        (b"a", "hex", "a"),
        (b"+2D0-", "utf-7", "\ufffd"),
    ],
)
def test_a_charset_that_does_not_fit_is_not_fatal(body: bytes, charset: str, text: str) -> None:
    assert decode_text(with_charset(body, f"text/html; charset={charset}")) == text


@pytest.mark.parametrize("charset", ["iso-8859-1", "latin1", "windows-1252", "us-ascii"])
def test_utf8_that_is_declared_in_a_charset_of_single_bytes_is_utf8(charset: str) -> None:
    """JSON has to be; what is not valid UTF-8 is read as declared."""
    content_type = f"application/json; charset={charset}"

    assert decode_body(with_charset('"Zürich"'.encode(), content_type)) == "Zürich"
    if charset != "us-ascii":
        assert decode_body(with_charset('"Zürich"'.encode("latin-1"), content_type)) == "Zürich"


def test_text_that_was_decoded_elsewhere_is_read_alike() -> None:
    assert parse_json('\ufeff["\ud83d", "\\ud83d", NaN, "\n"]') == ["\ufffd", "\ufffd", None, "\n"]


def test_the_limit_of_digits_is_the_process_own() -> None:
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert decode_body(b"[" + b"7" * 640 + b"," + b"7" * 641 + b"]") == [int("7" * 640), "7" * 641]
    finally:
        sys.set_int_max_str_digits(limit)
