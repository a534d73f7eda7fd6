"""A question about the rows of a table, as a value that an engine can send to its workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypedDict, TypeVar, cast

from anyio.from_thread import start_blocking_portal

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async._runner.enrichment import Runs, enrich_frame, part_without_rows, submit_frame
from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async._scheduling.row_states import Batching, OnUnknown
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.questions.question import Question
from sixtyfour_async.tables.arrow_cells import arrow

F = TypeVar("F")
T = TypeVar("T")


class RunnerOptions(TypedDict, total=False):
    """Arguments of `JobRunner` that a worker may be given.

    Caps on money and *deep_searches* hold for all workers of a journal together, *max_in_flight* and *max_jobs* for
    each call by itself.
    """

    max_in_flight: int
    max_cost_cents: float
    max_cost_cents_per_run: float
    max_cost_cents_per_day: float
    max_cost_cents_per_month: float
    max_row_cents: float
    max_jobs: int
    prices: Mapping[str, float]
    job_deadline: float
    retry_failed: bool
    on_unknown: OnUnknown
    deep_searches: int
    patience: float


@dataclass(frozen=True, slots=True)
class Submitted:
    """What `Enrich.submit` left behind.

    Attributes:
        rows: Rows that were asked about.
        running: Jobs that the service still works on, and will bill.
    """

    rows: int
    running: int


@dataclass(frozen=True)
class Enrich:
    """Asks one question about every row of a table; called with a table, it returns it with the answers' columns.

    A small value that can be pickled. The API key is not in it: it comes from the environment of the worker
    (``SIXTYFOUR_API_KEY``). Each call runs in an event loop and a thread of its own, so that it can be called from any
    thread, with or without an event loop around it; it blocks until every row has ended.

    Attributes:
        question: What to ask, and which columns to send.
        journal: What all workers share: ``postgresql://…``, or a path when all of them are on one machine. Name the
            same one in every task, and again when the job is repeated.
        key: The column that names a row in the journal; None: a row is known by what is sent about it, so that equal
            rows are paid once.
        batching: As in `JobRunner.map`.
        options: Further arguments of `JobRunner`, such as ``{"max_cost_cents": 50_00}``. Caps on money hold for all
            workers together; *max_in_flight* and *max_jobs* for each call by itself.
        client: Returns the worker's client: ``functools.partial(AsyncClient, base_url=…)``.

    Raises:
        ConfigurationError: There is no journal, or *client* carries a key.
    """

    question: Question
    journal: str
    key: str | None = None
    batching: Batching = "auto"
    options: RunnerOptions = field(default_factory=RunnerOptions)
    client: Callable[[], AsyncClient] = AsyncClient

    def __post_init__(self) -> None:
        if not self.journal:
            raise ConfigurationError("journal: an engine repeats tasks, so that without a journal rows are paid twice")
        if _has_key(self.client):
            raise ConfigurationError(
                "client: a key would be in every pickle: set SIXTYFOUR_API_KEY where the workers run instead"
            )

    def __call__(self, table: F) -> F:
        """Return a table with the answers' columns; the same kind comes back, see `JobRunner.enrich`.

        An empty table gets the columns without a request, a client or a journal.

        Raises:
            InputError: The table cannot be read, or no column identifies the subject; nothing was sent.
            SixtyfourError: No row was answered: the refusal that all rows met.
        """
        empty = part_without_rows(table, self.question)
        return cast("F", _run(partial(self._enrich, table)) if empty is None else empty)

    def batches(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield each ``pyarrow.RecordBatch`` with the answers' columns, as Spark's ``mapInArrow`` wants them."""
        table = arrow("record batches")[0].Table
        for batch in batches:
            yield from self(table.from_batches([batch])).to_batches()

    def schema(self, schema: Any) -> Any:
        """Return the ``pyarrow.Schema`` that comes out when tables of this one go in."""
        return self(schema.empty_table()).schema

    def submit(self, table: Any, *, wait: float = 0.0) -> Submitted:
        """Submit every row that was not submitted yet, and return without the answers; a call collects them later.

        For schedulers that give a slot back while a job runs elsewhere: submit, look again from time to time (with the
        same method: nothing is submitted twice), and call once nothing is running. At most ``max_in_flight`` rows run
        at once: with more it returns when the last one was submitted.

        Args:
            table: The rows.
            wait: Real seconds to wait for the ends of what runs.
        """
        return _run(partial(self._submit, table, wait))

    async def _enrich(self, table: Any) -> Any:
        async with self.client() as client, JobRunner(client, journal=self.journal, **self.options) as runner:
            return await enrich_frame(
                cast("Runs", runner), table, self.question, key=self.key, batching=self.batching, is_part=True
            )

    async def _submit(self, table: Any, wait: float) -> Submitted:
        async with self.client() as client:
            runner = JobRunner(client, journal=self.journal, **self.options)
            async with runner:
                rows = await submit_frame(
                    cast("Runs", runner), table, self.question, key=self.key, batching=self.batching, wait=wait
                )
        return Submitted(rows, len(runner.left_running))


def _has_key(client: object) -> bool:
    """Return whether a ``functools.partial`` of `AsyncClient` holds a key; what a function holds cannot be seen."""
    return bool(getattr(client, "args", ())) or not {"api_key", "auth"}.isdisjoint(getattr(client, "keywords", {}))


def _run(work: Callable[[], Awaitable[T]]) -> T:
    """Run a coroutine function to its end in an event loop of its own, whatever loop there is around us."""
    with start_blocking_portal() as portal:
        return portal.call(work)
