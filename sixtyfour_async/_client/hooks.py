"""Observers of a client: requests sent, responses received, retries planned; and what its runners report.

Hooks are synchronous functions that take a value and return nothing: they can count, time or log, but neither delay nor
change a request. An exception in a hook is swallowed, because the request's answer may have been paid for, and logged,
once for each hook and kind of event. The values never hold the key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sixtyfour_async.errors.foreign import FOREIGN

if TYPE_CHECKING:
    from sixtyfour_async._client.request_events import RequestSent, ResponseSeen, RetryPlanned
    from sixtyfour_async._client.runner_events import JobHappening, JobSubmitted, MoneyMoved, ServiceChange

E = TypeVar("E")
R = TypeVar("R")

logger = logging.getLogger("sixtyfour_async.hooks")


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions that a client calls; each may be left out.

    Attributes:
        on_request: Called before each request is sent, attempts and token requests included.
        on_response: Called when a request has ended.
        on_retry: Called when a failed request will be sent again.
        on_job: Called when something happens to a job of a `JobRunner`.
        on_money: Called when cents of such a job are reserved, charged, released or exposed.
        on_service: Called when a 429 pauses the key, submits or webhook deliveries cease, and when they go on.
        carry: Called with a job that was accepted; returns a text that the journal keeps for it, such as a traceparent,
            and that `JobResumed.carried` shows in a later run. Only the first of several hooks that return one is kept.
            It costs a commit a job. The journal has room for some ten thousand, and forgets one when another needs its
            place.
    """

    on_request: Callable[[RequestSent], None] | None = None
    on_response: Callable[[ResponseSeen], None] | None = None
    on_retry: Callable[[RetryPlanned], None] | None = None
    on_job: Callable[[JobHappening], None] | None = None
    on_money: Callable[[MoneyMoved], None] | None = None
    on_service: Callable[[ServiceChange], None] | None = None
    carry: Callable[[JobSubmitted], str | None] | None = None


class Attempt(NamedTuple):
    """What the running task knows of the request that it sends next; see the attributes of `ResponseSeen`."""

    resends: int = 0
    waited: float = 0.0
    jobs: tuple[int, ...] = ()


FIRST = Attempt()

ATTEMPT: ContextVar[Attempt] = ContextVar("what is known of the next request of this task", default=FIRST)


def note_attempt(**changes: Any) -> None:
    """Change what this task knows of its next request."""
    ATTEMPT.set(ATTEMPT.get()._replace(**changes))


@dataclass(frozen=True, slots=True)
class Observers:
    """All hooks of one client."""

    hooks: Sequence[Hooks] = ()
    _failed: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]], compare=False)

    def note_attempt(self, **changes: Any) -> None:
        """Change what this task knows of its next request, if anybody will be told."""
        if self.hooks:
            note_attempt(**changes)

    @property
    def watch_runners(self) -> bool:
        """Does any hook want to know what a runner reports?"""
        return any(hooks.on_job or hooks.on_money or hooks.on_service or hooks.carry for hooks in self.hooks)

    @property
    def carry_texts(self) -> bool:
        """Does any hook have texts kept in the journal?"""
        return any(hooks.carry for hooks in self.hooks)

    def request(self, event: RequestSent) -> None:
        """Call each ``on_request``."""
        for hooks in self.hooks:
            self._call(hooks.on_request, event)

    def response(self, event: ResponseSeen) -> None:
        """Call each ``on_response``."""
        for hooks in self.hooks:
            self._call(hooks.on_response, event)

    def retry(self, event: RetryPlanned) -> None:
        """Call each ``on_retry``."""
        for hooks in self.hooks:
            self._call(hooks.on_retry, event)

    def job(self, event: JobHappening) -> None:
        """Call each ``on_job``."""
        for hooks in self.hooks:
            self._call(hooks.on_job, event)

    def money(self, event: MoneyMoved) -> None:
        """Call each ``on_money``."""
        for hooks in self.hooks:
            self._call(hooks.on_money, event)

    def service(self, event: ServiceChange) -> None:
        """Call each ``on_service``."""
        for hooks in self.hooks:
            self._call(hooks.on_service, event)

    def carry(self, event: JobSubmitted) -> str | None:
        """Call each ``carry``, and return the first text."""
        texts = [self._call(hooks.carry, event) for hooks in self.hooks]
        return next((text for text in texts if text), None)

    def _call(self, hook: Callable[[E], R] | None, event: E) -> R | None:
        if hook is None:
            return None
        try:
            return hook(event)
        except FOREIGN:
            # One that fails on every event of a long run must not fill the log.
            failure = (id(hook), type(event).__name__)
            level = logging.DEBUG if failure in self._failed else logging.ERROR
            logger.log(level, "a hook failed on %s", failure[1], exc_info=True)
            self._failed.add(failure)
            return None
