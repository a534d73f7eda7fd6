"""Resumable downloads: which headers are sent, and what each response of a storage host means."""

from __future__ import annotations

import pytest

from sixtyfour_async._wire.ranges import Failed, Finished, Follow, PartialFile, StartOver, Write, headers_for, next_step


def test_a_range_is_requested_only_with_an_etag() -> None:
    assert "range" not in headers_for(PartialFile())
    assert "range" not in headers_for(PartialFile(5))
    assert headers_for(PartialFile(5, '"v"')) == {"accept-encoding": "identity", "range": "bytes=5-", "if-range": '"v"'}


@pytest.mark.parametrize(
    ("status", "headers", "step"),
    [
        (206, {"content-range": "bytes 5-9/10"}, Write(5, 10, '"v"')),
        (206, {"content-range": "bytes 5-9/*"}, Write(5, None, '"v"')),
        (206, {"content-range": "bytes 4-9/10"}, StartOver()),
        (206, {}, StartOver()),
        (416, {"content-range": "bytes */5"}, Finished()),
        (416, {"content-range": "bytes */6"}, StartOver()),
        (416, {}, StartOver()),
        (200, {"content-length": "7", "etag": '"w"'}, Write(0, 7, '"w"')),
        (200, {"content-length": "7", "content-encoding": "gzip", "etag": '"w"'}, Write(0, None, "")),
        (200, {"content-length": "x"}, Write(0, None, "")),
        (302, {"location": "../b"}, Follow("https://h/b")),
        (302, {"location": "http://h/b"}, Failed()),
        (302, {}, Failed()),
        (400, {}, Failed()),
        (500, {}, Failed()),
    ],
    ids=str,
)
def test_the_next_step_follows_from_the_response(status: int, headers: dict[str, str], step: object) -> None:
    assert next_step(status, headers, PartialFile(5, '"v"'), "https://h/d/a") == step
