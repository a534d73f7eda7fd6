"""Ask a question about every row of a data frame, and return the frame with the answers' columns."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, Protocol, TypeVar, cast, overload

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.memory import MemoryJournal
from sixtyfour_async._runner.answer_columns import Ending, answer_columns
from sixtyfour_async._runner.frame_rows import AskedRows, MatchedFrame
from sixtyfour_async._runner.input_rows import Operations
from sixtyfour_async._runner.outcomes import Outcome, Stats
from sixtyfour_async._runner.progress_line import ProgressLine
from sixtyfour_async._scheduling.row_states import Batching
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.outcome_columns import output_columns
from sixtyfour_async.questions.question import Question
from sixtyfour_async.tables.frames import Frame, frame_of
from sixtyfour_async.tables.frames.base import steady


class _Frame(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


F = TypeVar("F", bound=_Frame)

NOT_SENT: Final = frozenset({"rejected"})
"""Statuses of rows that cost nothing and brought nothing."""

LOOK_SECONDS: Final = 0.1
"""Real seconds between looks at whether all rows were sent."""

logger = logging.getLogger("sixtyfour_async.runner")


class Runs(Protocol):
    """What `enrich` needs of a `JobRunner`."""

    journal: Journal

    def map(
        self, operations: Operations[Any], *, key: Callable[[Any], str] | None = None, batching: Batching = "auto"
    ) -> AsyncGenerator[Outcome[Any], None]:
        """Submit operations and yield their outcomes."""
        ...

    def stats(self) -> Stats:
        """Return a snapshot of the counters."""
        ...


class EnrichesFrames:
    """The part of a `JobRunner` that takes data frames."""

    @overload
    async def enrich(
        self,
        frame: F,
        question: Question,
        *,
        key: str | None = None,
        batching: Batching = "auto",
        progress: bool = False,
    ) -> F: ...

    @overload
    async def enrich(
        self,
        frame: Iterable[Mapping[str, Any]],
        question: Question,
        *,
        key: str | None = None,
        batching: Batching = "auto",
        progress: bool = False,
    ) -> list[dict[str, Any]]: ...

    async def enrich(
        self,
        frame: Any,
        question: Question,
        *,
        key: str | None = None,
        batching: Batching = "auto",
        progress: bool = False,
    ) -> Any:
        """Ask a question about every row of a data frame, and return the frame with the answers' columns.

        The same kind comes back: pandas with its index, polars, a ``pyarrow.Table``, narwhals around the same library;
        a list of dicts for an iterable of mappings; a ``pyarrow.Table`` for a DuckDB relation and anything else with
        ``__arrow_c_stream__``. All but pandas and mappings need the extra ``parquet`` (pyarrow). Columns and rows of
        the input are as they were, in their order; the frame that was passed is not changed.

        Added are the requested fields, in the types of the struct (lists as lists, missing as missing), then
        ``status`` (as in `Outcome`, or ``not asked``), ``error``, ``cost_cents`` (US cents), ``confidence`` and
        ``matched_by``. A name that the frame has already gets ``_answer`` after it.

        Args:
            frame: The rows. NaN, NaT, NA and None are missing and not sent; dates are sent as ISO 8601 text. An index
                is not sent. A row that cannot be sent is ``rejected``, with the column in ``error``; the others go on.
            question: What to ask, and which columns to send; by default those that the service has names for.
            key: The column that names a row in the journal, in place of `Question.key`.
            batching: As in `map`.
            progress: Whether to show one line of progress, in the cell of a notebook or on a terminal.

        Raises:
            InputError: The frame cannot be read, two of its columns have the same name, or no column identifies the
                subject. Nothing was sent.
            ConfigurationError: pyarrow is missing.
            SixtyfourError: No row was answered: the refusal that all rows met (wrong key, no credits, no connection).
                When some were, the frame comes back with them, the others are ``rejected`` or ``not asked``, with the
                refusal in ``error``, and it is logged.

        If it is interrupted, what was submitted runs on: the same call on the same journal gets its answers.
        """
        try:
            return await enrich_frame(
                cast("Runs", self), frame, question, key=key, batching=batching, progress=progress
            )
        except (KeyboardInterrupt, anyio.get_cancelled_exc_class()) as stop:
            # The frames below this one are of no use to whoever pressed the button, and there are many.
            raise stop.with_traceback(None) from None


async def enrich_frame(
    runner: Runs,
    frame: Any,
    question: Question,
    *,
    key: str | None,
    batching: Batching,
    progress: bool = False,
    is_part: bool = False,
) -> Any:
    """Ask about every row of a frame and return it with the answers' columns; see `EnrichesFrames.enrich`.

    Args:
        runner: Submits the rows.
        frame: The rows.
        question: What to ask.
        key: The column that names a row in the journal.
        batching: As in `JobRunner.map`.
        progress: Whether to show progress.
        is_part: Is the frame a part of a larger one? The types of its columns then do not depend on its rows.
    """
    made = frame_of(frame)
    rows = list(made.rows())
    asked = AskedRows(MatchedFrame.of(made, rows, question, key), rows) if rows else None
    endings = await _ask(runner, asked, batching, progress=progress) if asked else []
    return _with_answers(made, question, endings, is_part=is_part)


def part_without_rows(frame: Any, question: Question) -> Any | None:
    """Return a frame without rows with the answers' columns, as `enrich_frame` would a part; None if it has rows."""
    made = frame_of(frame)
    has_rows = next(iter(made.rows()), None) is not None
    return None if has_rows else _with_answers(made, question, [], is_part=True)


def _with_answers(frame: Frame, question: Question, endings: Sequence[Ending], *, is_part: bool) -> Any:
    names = output_columns(frame.columns, question.answer_columns)
    added = answer_columns(question, endings, names)
    return frame.with_columns(steady(added, names[question.added_columns.index("error")]) if is_part else added)


async def submit_frame(
    runner: Runs, frame: Any, question: Question, *, key: str | None, batching: Batching, wait: float
) -> int:
    """Ask about every row of a frame, and return once none of them waits to be sent.

    Args:
        runner: Submits the rows.
        frame: The rows.
        question: What to ask.
        key: The column that names a row in the journal.
        batching: As in `JobRunner.map`.
        wait: Real seconds to wait for the ends, once all were sent.

    Returns:
        The number of rows that could be sent.

    Raises:
        InputError, ConfigurationError: See `EnrichesFrames.enrich`.
        SixtyfourError: The refusal that later rows would have met.
    """
    made = frame_of(frame)
    rows = list(made.rows())
    if not rows:
        return 0
    matched = MatchedFrame.of(made, rows, question, key)
    asked = [found for row in rows if not isinstance(found := matched.ask(row), InputError)]
    keys = {id(operation): name or operation.fingerprint() for operation, name in asked}
    await _submit(runner, [operation for operation, _ in asked], lambda one: keys[id(one)], batching, wait)
    return len(asked)


async def _submit(
    runner: Runs,
    operations: Sequence[JobOperation[Any]],
    key: Callable[[Any], str],
    batching: Batching,
    wait: float,
) -> None:
    """Run operations until each has ended or has an id, and *wait* real seconds longer."""
    have_ended = anyio.Event()
    refusals: list[SixtyfourError] = []

    async def run() -> None:
        try:
            async with aclosing(runner.map(operations, key=key, batching=batching)) as outcomes:
                async for _ in outcomes:
                    pass  # they are in the journal
        except SixtyfourError as error:
            refusals.append(error)
        have_ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        unsent = deque(map(key, operations))
        while unsent and not have_ended.is_set():
            while unsent and await _has_left(runner, unsent[0]):
                unsent.popleft()
            if unsent:
                await anyio.sleep(LOOK_SECONDS)
        with anyio.move_on_after(wait):
            await have_ended.wait()
        tasks.cancel_scope.cancel()
    for refusal in refusals:
        raise refusal


async def _has_left(runner: Runs, key: str) -> bool:
    """Return whether a row has an id, or an end: whether it goes on, or is told, without us."""
    known = await runner.journal.find(key)
    return known is not None and known.state not in {"released", "intended"}


async def _ask(runner: Runs, asked: AskedRows, batching: Batching, *, progress: bool) -> list[Ending]:
    """Ask about each row and return how each ended."""
    refusal = await _run(runner, asked, batching, progress=progress)
    if refusal is not None:
        _give_up_or_go_on(refusal, asked.refuse(refusal))
    return asked.endings


async def _run(runner: Runs, asked: AskedRows, batching: Batching, *, progress: bool) -> SixtyfourError | None:
    """Run what is asked and note the endings; return what every later row was refused for."""
    rows, refusal = len(asked.endings), None
    line = ProgressLine(rows) if progress else None
    try:
        async with aclosing(runner.map(asked.operations, key=asked.key, batching=batching)) as outcomes:
            async for outcome in outcomes:
                asked.end(outcome)
                if line is not None:
                    line.update(asked.ended, runner.stats())
    except SixtyfourError as error:
        refusal = error
    except (KeyboardInterrupt, anyio.get_cancelled_exc_class()) as stop:
        stop.add_note(_stopped(runner, asked.ended, rows))  # shown below the error, by notebooks and shells alike
        raise
    if line is not None:
        line.update(asked.ended, runner.stats(), last=True)
    return refusal


def _give_up_or_go_on(refusal: SixtyfourError, endings: Sequence[Ending]) -> None:
    """Raise a refusal if no row brought anything; else log it, for what was paid must reach its owner."""
    if all(ending.outcome is None or ending.status in NOT_SENT for ending in endings):
        raise refusal
    left = sum(ending.outcome is None or ending.status in NOT_SENT for ending in endings)
    logger.warning("%d of %d rows were not asked: %s", left, len(endings), refusal)


def _stopped(runner: Runs, ended: int, rows: int) -> str:
    running = runner.stats().in_flight
    where = "on this runner while it is open" if isinstance(runner.journal, MemoryJournal) else "on this journal"
    return (
        f"stopped: {ended:,} of {rows:,} rows have ended, {running:,} jobs still run at the service and will be "
        f"billed; the same call {where} goes on from here, and pays for no row twice"
    )
