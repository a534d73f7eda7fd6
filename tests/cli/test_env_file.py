"""``.env`` files as people and their editors write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.cli.env_file import parse_env_file

KEY = "SIXTYFOUR_API_KEY"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"SIXTYFOUR_API_KEY=sk", "sk"),
        (b"\xef\xbb\xbfSIXTYFOUR_API_KEY=sk\r\n", "sk"),
        ("SIXTYFOUR_API_KEY=sk\r\n".encode("utf-16"), "sk"),
        (b"# a comment\n\n  export SIXTYFOUR_API_KEY = sk  # mine\n", "sk"),
        (b"export\tSIXTYFOUR_API_KEY=sk", "sk"),
        (b"SIXTYFOUR_API_KEY=a#b", "a#b"),
        (b"SIXTYFOUR_API_KEY=#none", ""),
        (b"SIXTYFOUR_API_KEY='a # b' # c", "a # b"),
        (b'SIXTYFOUR_API_KEY="a # \\"b\\"\\n" # c', 'a # "b"\n'),
        (b"SIXTYFOUR_API_KEY='a\\n'", "a\\n"),
        (b'SIXTYFOUR_API_KEY="one\r\ntwo"', "one\ntwo"),
        (b"SIXTYFOUR_API_KEY=$HOME", "$HOME"),
        (b'SIXTYFOUR_API_KEY="$(rm -rf /)"', "$(rm -rf /)"),
        (b"SIXTYFOUR_API_KEY=a=b", "a=b"),
        (b"SIXTYFOUR_API_KEY=it's", "it's"),
        (b"SIXTYFOUR_API_KEY=\nOTHER=x", ""),
        (b"SIXTYFOUR_API_KEY=one\nSIXTYFOUR_API_KEY=two", "two"),
        (b"PEM='-----\nSIXTYFOUR_API_KEY=inside\n-----'\nSIXTYFOUR_API_KEY=outside", "outside"),
        (b"other program: yaml\nif x; then\nSIXTYFOUR_API_KEY=sk", "sk"),
        ("SIXTYFOUR_API_KEY=schlüssel\n".encode(), "schlüssel"),
    ],
)
def test_the_value_is_the_one_that_was_meant(content: bytes, value: str) -> None:
    found = parse_env_file(content)

    assert (found.values[KEY], found.problems) == (value, ())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"A=b\nSIXTYFOUR_API_KEY='sk\n", "line 2: SIXTYFOUR_API_KEY is not NAME=value, or its quote is not closed"),
        (b"SIXTYFOUR_API_KEY sk", "line 1: SIXTYFOUR_API_KEY is not NAME=value, or its quote is not closed"),
        (b"SIXTYFOUR_API_KEY='s'k", "line 1: SIXTYFOUR_API_KEY has text after its closing quote"),
        (b"SIXTYFOUR_API_KEY=s\xff", "line 1: SIXTYFOUR_API_KEY is not text in UTF-8"),
        (b"SIXTYFOUR_API_KEY=s\0k", "line 1: SIXTYFOUR_API_KEY is not text in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(content: bytes, problem: str) -> None:
    assert parse_env_file(content).problems == (problem,)


@given(st.text(st.characters(exclude_characters="'\r\0", exclude_categories=["Cs"])))
def test_what_stands_in_single_quotes_is_kept(value: str) -> None:
    assert parse_env_file(f"{KEY}='{value}'\n".encode()).values == {KEY: value}


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    found = parse_env_file(content)

    assert all(name for name in found.values)
