"""What is missing from an answer that was read as the caller's class, field by field."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

NOT_FOUND = "not found"
"""`FieldProblem.why` of a field for which the service has no answer."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field of the caller's class that could not be filled from the answer.

    It holds None, or its default if it has one; a list item is left out.

    Attributes:
        name: The field by its name in requests, inner ones after a dot: ``years``, ``offices.0.city``. "" for the
            class as a whole, when a validator of the whole class refused it.
        raw: What the service sent for it, as JSON; None when it sent nothing.
        why: ``not found`` when the service has no answer, else what is wrong with the value.
    """

    name: str
    raw: Any
    why: str

    def __str__(self) -> str:
        shown = "" if self.raw is None or not self.name else f" ({self.raw!r})"
        return f"{self.name}: {self.why}{shown}" if self.name else self.why


@dataclass(slots=True)
class Attempt:
    """The reading of one instance.

    Attributes:
        start: How many problems there were before.
        parts: Its fields, once they were validated.
    """

    start: int
    parts: Any = None


@dataclass(slots=True)
class Findings:
    """The problems of one reading, and where it is.

    Attributes:
        problems: Each problem, and whether it makes a strict class refuse the answer.
        path: The names down to the value being read.
        items: For each list or mapping being read, the names of the items to come.
        attempts: The instances being read, the inmost last.
    """

    problems: list[tuple[FieldProblem, bool]] = field(default_factory=list[tuple[FieldProblem, bool]])
    path: list[str] = field(default_factory=list[str])
    items: list[Iterator[str]] = field(default_factory=list[Iterator[str]])
    attempts: list[Attempt] = field(default_factory=list[Attempt])

    @contextmanager
    def at(self, name: str) -> Generator[None]:
        """Enter a field or an item."""
        self.path.append(name)
        try:
            yield
        finally:
            self.path.pop()

    @contextmanager
    def over(self, names: Iterator[str]) -> Generator[None]:
        """Enter a list or mapping, whose items are then read in this order."""
        self.items.append(names)
        try:
            yield
        finally:
            self.items.pop()

    def report(self, raw: object, why: str, *, refuses: bool) -> None:
        """Add a problem of the value being read."""
        self.problems.append((FieldProblem(".".join(self.path), raw, why), refuses))

    def rewind(self, count: int) -> None:
        """Forget what an attempt found that came to nothing."""
        del self.problems[count:]


FINDINGS: ContextVar[Findings] = ContextVar("FINDINGS")
"""The reading that is under way, for the functions that pydantic calls."""


def reason(error: BaseException) -> str:
    """Return what is wrong with a value, without the value."""
    if not isinstance(error, ValidationError):
        return f"a validator raised {error!r}"
    text: str = error.errors(include_url=False, include_context=False, include_input=False)[0]["msg"]
    return text.removeprefix("Value error, ").removeprefix("Assertion failed, ").removeprefix("Input ")
