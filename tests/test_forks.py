"""The fork server of the tests does not outlast an order that was given up."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from types import FrameType

import pytest

from tests.forks import ForkServer

PROGRAM = """
import json, os, signal, sys
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        if order["hangs"]:
            os.kill(order["pid"], signal.SIGUSR1)
            signal.pause()
        os._exit(order["code"])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class GivenUpError(Exception):
    """What a test's timeout raises."""


@pytest.fixture
def server() -> Generator[ForkServer, None, None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise GivenUpError

    before = signal.signal(signal.SIGUSR1, give_up)
    made = ForkServer(["-c", PROGRAM], os.environ)
    yield made
    made.close()
    signal.signal(signal.SIGUSR1, before)


def carry_out(server: ForkServer, code: int, *, hangs: bool = False) -> int:
    return server.carry_out({"code": code, "hangs": hangs, "pid": os.getpid()})


def test_an_order_that_hangs_leaves_no_answer_to_the_next_one(server: ForkServer) -> None:
    assert [carry_out(server, code) for code in (0, 3)] == [0, 3]
    for code in (5, 7):
        with pytest.raises(GivenUpError):
            carry_out(server, 1, hangs=True)
        assert carry_out(server, code) == code


def test_closing_waits_for_no_order_that_was_given_up(server: ForkServer) -> None:
    """The fixture closes it."""
    with pytest.raises(GivenUpError):
        carry_out(server, 1, hangs=True)
