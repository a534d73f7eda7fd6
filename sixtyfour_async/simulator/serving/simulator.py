"""The simulator: settings, clock, state and ASGI application in one object."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import anyio

from sixtyfour_async.simulator.base.clock import Clock
from sixtyfour_async.simulator.base.settings import SimulatorSettings
from sixtyfour_async.simulator.knowledge.answers import ANSWERS
from sixtyfour_async.simulator.state.books import Books
from sixtyfour_async.simulator.state.faults import Faults
from sixtyfour_async.simulator.state.outputs import Outputs
from sixtyfour_async.simulator.state.persistence import append_event, read_events
from sixtyfour_async.simulator.state.records import Records
from sixtyfour_async.simulator.state.service import Service, open_account

if TYPE_CHECKING:
    from sixtyfour_async.simulator.serving.app import Application
    from sixtyfour_async.simulator.serving.deliverer import Post

FAKE_CLOCK_START_SECONDS = 1_781_049_600.0
"""2026-06-10T00:00:00Z: start of simulated time under an injected clock, so that runs are repeatable."""


class Simulator:
    """A simulator of api.sixtyfour.ai.

    Use `app` over HTTP (`sixtyfour_async.simulator.serving.server`) or in-process
    (``httpx.ASGITransport(simulator.app)``). `books` records requests, work and charges.

    Args:
        settings: Settings; the defaults if omitted.
        now: Monotonic real seconds. Simulated time starts at the current time with the default clock, at
            `FAKE_CLOCK_START_SECONDS` with another one, and at the last recorded instant with a non-empty state file.
        sleep: Sleeps for real seconds, on the same clock as *now*.

    Raises:
        ValueError: The state file was not written by a simulator.
        OSError: The state file cannot be read or created.
    """

    def __init__(
        self,
        settings: SimulatorSettings | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.settings = settings = SimulatorSettings() if settings is None else settings
        self.faults = Faults(settings.seed, settings.faults)
        """Faults, to be scripted by tests."""
        start = time.time() if now is time.monotonic else FAKE_CLOCK_START_SECONDS
        events = [] if settings.state is None else list(read_events(settings.state))
        salt = f"{settings.seed}:{start}"
        self._books = Books()
        outputs = Outputs(settings.seed)
        self.service = Service(settings, self._books, open_account(settings), salt, Records(salt), outputs)
        for event in events:
            self.service.replay(event)
            start = event["at"] if event is events[0] else max(start, event["at"])
        if settings.state is not None:
            settings.state.touch()
            self.service.persist = self.service.records.persist = functools.partial(append_event, settings.state)
        self.clock = Clock(now, sleep, settings.speed, start, now())
        """Simulated time."""

    @property
    def books(self) -> Books:
        """The server's own record, charged up to now."""
        self.service.settle(self.clock.now())
        return self._books

    def true_answer(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the service finds about one record, whatever a fault makes of it on the way.

        Rows of a shared submit hold the same values, and what they cost.

        Args:
            kind: Kind of work as in the books, e.g. ``find_email`` or ``company_intelligence``.
            body: JSON body of a request for this record alone, e.g. ``{"lead": {"name": "Ada Example"}}``.

        Raises:
            ValueError: The kind has no answers about a record.
        """
        if kind not in ANSWERS:
            raise ValueError(f"kind must be one of {', '.join(ANSWERS)}, not {kind!r}")
        return ANSWERS[kind](self.settings.seed, body)

    @property
    def routes(self) -> list[tuple[str, str]]:
        """Method and path of every route, e.g. ``("GET", "/job-status/{job_id}")``."""
        from sixtyfour_async.simulator.routes.table import ROUTES  # noqa: PLC0415 -- many modules, for a server only

        return [(route.method, route.path) for route in ROUTES]

    async def deliver_webhooks(self, *, base_url: str = "", post: Post | None = None) -> None:
        """Deliver webhooks until cancelled; a served simulator does so by itself.

        Args:
            base_url: Address of this simulator, for the links to result files; without one, events hold no link.
            post: Takes URL, headers and body and returns the receiver's HTTP status, 0 if there is no answer; None
                posts over a connection.
        """
        from sixtyfour_async.simulator.serving.deliverer import Deliverer  # noqa: PLC0415 -- as for `app`
        from sixtyfour_async.simulator.serving.http_post import post as post_over_tcp  # noqa: PLC0415 -- needs h11

        self.service.outbox.drop_before(self.clock.start)
        await Deliverer(self.clock, self.service, self._books, self.faults, post or post_over_tcp, base_url).run()

    @functools.cached_property
    def app(self) -> Application:
        """The ASGI application.

        Raises:
            ModuleNotFoundError: Starlette is missing; the message names the extra to install.
        """
        # Imported on demand: the routes are many modules, and Starlette is an optional extra.
        try:
            from sixtyfour_async.simulator.routes.router import Router  # noqa: PLC0415
            from sixtyfour_async.simulator.routes.table import ROUTES  # noqa: PLC0415
            from sixtyfour_async.simulator.serving.app import Application, RequestPipeline  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise missing_extra(error) from error
        return Application(RequestPipeline(self.clock, self.service, self._books, self.faults), Router(ROUTES))


def missing_extra(error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return an error that names the extra to install."""
    text = f'the simulator needs {error.name}: pip install "sixtyfour_async[simulator]"'
    return ModuleNotFoundError(text, name=error.name)
