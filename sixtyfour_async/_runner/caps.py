"""The caps on money: what the caller passes, and where earlier runs on the journal have left them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from sixtyfour_async._journal.base import Journal, TimedJournal
from sixtyfour_async._scheduling.accounts import CAP_NAMES, Period
from sixtyfour_async._scheduling.ledger import Ledger, carry_over
from sixtyfour_async.errors import ConfigurationError

RUN = "run"
"""The name under which the journal keeps when its current run began; nothing for the beginning of the journal."""


class Caps(NamedTuple):
    """The most that may be spent in each period, cents; None for no cap."""

    journal: float | None
    run: float | None
    day: float | None
    month: float | None


def new_ledger(
    caps: Caps,
    prices: Mapping[str, float] | None,
    max_row_cents: float | None,
    max_jobs: int | None,
    journal: Journal,
) -> Ledger:
    """Return a ledger with nothing in it; the arguments are those of `JobRunner`.

    Raises:
        ConfigurationError: A cap or a price is no amount of money, or the journal cannot tell what a cap needs.
    """
    for period, name in CAP_NAMES.items():
        check_cap(name, getattr(caps, period))
    check_cap("max_row_cents", max_row_cents)
    check_cap("max_jobs", max_jobs)
    for kind, cents in (prices or {}).items():
        if not _is_amount(cents) or cents < 0:
            raise ConfigurationError(f"prices={{{kind!r}: {cents!r}}} must be a number of cents from 0, and finite")
    by_period: dict[Period, float | None] = {"run": caps.run, "day": caps.day, "month": caps.month}
    period_caps: dict[Period, float] = {period: cap for period, cap in by_period.items() if cap is not None}
    if period_caps and not isinstance(journal, TimedJournal):
        name = CAP_NAMES[next(iter(period_caps))]
        raise ConfigurationError(f"{name} needs a journal with lines_since(), which {type(journal).__name__} has not")
    return Ledger(caps.journal, dict(prices or {}), max_row_cents, max_jobs, period_caps)


async def open_ledger(ledger: Ledger, journal: Journal, now: str, *, new_run: bool) -> None:
    """Begin where earlier runs on the journal ended.

    A run is what was sent since it began. It goes on in every process that opens the journal, until one of them begins
    a new run. The first begins with the journal.
    """
    if new_run:
        await journal.set_meta(RUN, now)
    ledger.begin_run(await journal.get_meta(RUN) or "")
    ledger.advance(now)
    carry_over(ledger, await journal.lines())
    for account in ledger.periods():
        if isinstance(journal, TimedJournal):
            for line in await journal.lines_since(account.since):
                account.add(line)


def check_cap(name: str, cap: float | None) -> None:
    """Raise unless a cap is a number above 0, or None.

    Raises:
        ConfigurationError: It is not.
    """
    if cap is not None and not (_is_amount(cap) and cap > 0):
        raise ConfigurationError(f"{name}={cap} must be a number above 0, and finite; leave it out for no cap")


def check_settings(patience: float, max_in_flight: int, deep_searches: int, max_rows: int | None) -> None:
    """Raise unless the settings of a runner that are no money are in their bounds.

    Raises:
        ConfigurationError: One is not.
    """
    if not 0 < patience < math.inf:
        raise ConfigurationError("patience must be above 0 seconds, and finite")
    if max_in_flight < 1 or deep_searches < 1:
        raise ConfigurationError("max_in_flight and deep_searches must be at least 1")
    check_cap("max_rows", max_rows)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
