"""An answer from the journal is read when somebody looks at it; nothing else of an outcome shows whether it was."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from sixtyfour_async import (
    CompanyIntelligence,
    Intelligence,
    JobOperation,
    JobRunner,
    MemoryJournal,
    Outcome,
    ResponseError,
    SixtyfourError,
)
from sixtyfour_async.testing import simulated
from tests.runner.questions import fact, question

pytestmark = pytest.mark.anyio

readings: list[object] = []
"""What the validators of this module were shown."""

interrupted = False
"""Whether somebody presses Ctrl-C while a validator runs."""


class Office(BaseModel):
    """A class that notes when it is filled."""

    headquarters: str | None = None

    @field_validator("headquarters", mode="before")
    @classmethod
    def _note(cls, value: object) -> object:
        if interrupted:
            raise KeyboardInterrupt
        readings.append(value)
        return value


class Floors(Office):
    """A class with a field that the answer does not have."""

    floors: int


class Strict(Floors):
    """A class that refuses an answer that does not fit."""

    model_config = ConfigDict(strict=True)


class Odd(BaseModel):
    """A class that raises what nobody expects."""

    headquarters: str | None = None

    @field_validator("headquarters", mode="before")
    @classmethod
    def _raise(cls, value: object) -> object:
        readings.append(value)
        raise ZeroDivisionError


CLASSES: list[type[BaseModel]] = [Office, Floors, Strict, Odd]


def ask(struct: type[BaseModel], number: int = 0) -> CompanyIntelligence[Any]:
    return CompanyIntelligence(target_company=question(number).target_company, struct=struct, tier="low")


async def replayed(
    row: JobOperation[Any], times: int, fault: str | None = None
) -> tuple[Outcome[Any], list[Outcome[Any]]]:
    """Return the outcome of a row, and those that the next run has of it when it is asked so often; none is read."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        if fault is not None:
            simulator.faults.script(fault, times=9)
        async with JobRunner(client, journal=journal) as runner:
            first = replace(await runner.run(row), replayed=True)  # a copy, for which all of it is read
        readings.clear()
        async with JobRunner(client, journal=journal) as runner:
            again = [outcome async for outcome in runner.map([row] * times)]
            stats = runner.stats()
    assert (stats.replayed, stats.ended) == (times, {first.status: times})
    assert [outcome.index for outcome in again] == list(range(times))
    return first, again


async def first_and_again(row: JobOperation[Any], fault: str | None = None) -> tuple[Outcome[Any], Outcome[Any]]:
    first, [again] = await replayed(row, 1, fault)
    return first, again


TOUCHES: dict[str, Callable[[Outcome[Any]], object]] = {
    "value": lambda outcome: outcome.value,
    "error": lambda outcome: outcome.error,
    "raw": lambda outcome: outcome.raw,
    "ok": lambda outcome: outcome.ok,
    "problems": lambda outcome: outcome.problems,
    "repr": repr,
    "html": lambda outcome: getattr(outcome, "_repr_html_")(),  # noqa: B009 (as a notebook does)
    "pickle": lambda outcome: pickle.loads(pickle.dumps(outcome)),  # noqa: S301 (our own bytes)
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "replace": lambda outcome: replace(outcome, index=7),
    "asdict": asdict,
    "fields": lambda outcome: [getattr(outcome, one.name) for one in fields(outcome)],
    "hasattr": lambda outcome: hasattr(outcome, "value"),
}


@pytest.mark.parametrize("struct", CLASSES)
async def test_a_replayed_answer_is_read_once_when_it_is_touched(struct: type[BaseModel]) -> None:
    first, untouched = await replayed(ask(struct), len(TOUCHES))
    known = [(one.key, one.input, one.status, one.job_id, one.cost_cents, one.body) for one in untouched]
    assert set(map(str, known)) == {
        str((first.key, first.input, "completed", first.job_id, first.cost_cents, first.body))
    }
    assert readings == []

    for again, (name, touch) in zip(untouched, TOUCHES.items(), strict=True):
        twin = replace(first, index=again.index)
        expected = touch(twin)
        readings.clear()
        seen = touch(again)
        read = len(readings)
        assert read > 0, name
        assert seen == expected or str(seen) == str(expected), name
        assert again == twin, name
        assert again.value is again.value
        assert len(readings) == read, name


async def test_an_answer_of_this_run_is_read_once_when_it_is_touched_too() -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        [outcome] = [one async for one in runner.map([ask(Office)])]
        assert readings == []
        assert outcome.result().structured_data.headquarters == fact(0)
        assert outcome.ok
    assert len(readings) == 1


async def test_each_of_several_who_wait_for_a_row_has_its_own_index_and_pays_nothing_for_it() -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        outcomes = [one async for one in runner.map([ask(Office)] * 3)]
    assert {(one.index, one.replayed) for one in outcomes} == {(0, False), (1, True), (2, True)}
    assert {one.result().structured_data.headquarters for one in outcomes} == {fact(0)}


@pytest.fixture(autouse=True)
def nothing_read() -> None:
    readings.clear()


async def test_what_does_not_fit_is_among_the_problems_and_a_refusal_in_the_error() -> None:
    _, fitting = await first_and_again(ask(Office))
    _, partly = await first_and_again(ask(Floors))
    _, refused = await first_and_again(ask(Strict))
    _, odd = await first_and_again(ask(Odd))

    assert (fitting.ok, fitting.problems, fitting.result().structured_data.headquarters) == (True, (), fact(0))
    assert (partly.ok, [problem.name for problem in partly.problems]) == (True, ["floors"])
    assert partly.result().structured_data.floors is None
    assert (refused.status, refused.ok, refused.value) == ("completed", False, None)
    assert isinstance(refused.error, ResponseError)
    assert refused.raw is not None
    with pytest.raises(ResponseError, match="floors"):
        refused.result()
    assert [problem.name for problem in odd.problems] == ["headquarters"]


@pytest.mark.parametrize("fault", ["job_failed", "result_null", "body_truncated_for_good"])
async def test_a_row_without_an_answer_says_so_when_it_is_replayed(fault: str) -> None:
    first, again = await first_and_again(ask(Office), fault)

    with pytest.raises(SixtyfourError) as caught:
        again.result()
    assert caught.value == first.error
    assert again == first


async def test_a_match_statement_finds_what_is_not_read_yet() -> None:
    _, again = await first_and_again(ask(Office))

    match again:
        case Outcome(status="completed", value=Intelligence(structured_data=Office(headquarters=found)), error=None):
            assert found == fact(0)
        case _:
            pytest.fail(repr(again))


async def test_an_interrupted_reading_is_done_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a class is being filled leaves an outcome that can still be read."""
    first, again = await first_and_again(ask(Office))

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[__name__], "interrupted", True)
        with pytest.raises(KeyboardInterrupt):
            _ = again.value

    assert again == first


async def test_threads_that_touch_an_outcome_at_once_see_the_same() -> None:
    first, again = await first_and_again(ask(Office))

    def touch(_: int) -> tuple[object, ...]:
        return again.value, again.error, again.raw

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(touch, range(64)))

    assert seen == [(first.value, first.error, first.raw)] * 64


def test_an_outcome_has_no_attribute_of_another_name() -> None:
    outcome = Outcome("k", 0, question(0), "completed")

    assert not hasattr(outcome, "valeu")
    with pytest.raises(AttributeError, match="'Outcome' object has no attribute 'valeu'"):
        outcome.valeu  # type: ignore[attr-defined]  # noqa: B018 # pyright: ignore[reportAttributeAccessIssue]
