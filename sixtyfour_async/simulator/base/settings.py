"""The simulator's settings: one frozen value, validated on construction."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from sixtyfour_async.simulator.base.dialects.table import DIALECTS
from sixtyfour_async.simulator.base.webhooks import WEBHOOK_FAULTS

DEFAULT_KEY = "sim_sk_local"
"""Key accepted unless the settings name others. It is valid for a simulator only."""

Window = Literal["fixed", "sliding", "bucket"]
RetryAfter = Literal["none", "seconds", "date"]
Runtimes = Literal["documented", "measured"]

TIERS = ("micro", "low", "medium", "high", "xhigh", "scout")
NETWORK_FAULTS = (
    "lost_answer",
    "reset",
    "server_error",
    "html",
    "truncated",
    "not_found_after_submit",
    "slow_body",
    "drift",
    "job_failed",
    "overcharged",
    "throttled",
)
"""Names of the faults of networks, proxies and jobs, after which the answers are as documented."""
FAULTS = (*NETWORK_FAULTS, *WEBHOOK_FAULTS, *DIALECTS)
"""Names of the faults that can be injected; `state.faults` describes each."""


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Settings of a simulator.

    Raises:
        ValueError: A value is invalid; the message names the field and the allowed values.
    """

    speed: float = 1.0
    """Simulated seconds per real second."""
    seed: int = 1
    """Determines run times, invented people and probabilistic faults."""
    keys: tuple[str, ...] = (DEFAULT_KEY,)
    """Accepted API keys, all of the same organization."""
    limit: int = 500
    """Requests per key and minute (docs.sixtyfour.ai, errors and rate limits)."""
    window: Window = "fixed"
    """How the limit is counted; undocumented, see `state.limits`."""
    count_rejected: bool = False
    """Whether a request answered with 429 counts against the limit too (assumed)."""
    retry_after: RetryAfter = "none"
    """Format of the Retry-After header of a 429; undocumented, hence absent by default."""
    deep_search_slots: int = 5
    """Concurrent deep searches per organization (docs.sixtyfour.ai, start-deep-search)."""
    runtimes: Runtimes = "documented"
    """Table of run times to draw from, see `knowledge.runtimes`."""
    balance_credits: float = 1_000_000.0
    """Opening balance; one credit is ten cents."""
    enabled_tiers: tuple[str, ...] = ("micro", "low", "medium")
    """Tiers that the organization may use; others are answered with 403."""
    faults: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Probability of each named fault, 0 to 1."""
    state: Path | None = None
    """File that keeps accepted work across restarts; None keeps nothing."""

    def __post_init__(self) -> None:
        """Validate the values."""
        _require(_is_number(self.speed) and self.speed > 0, "speed", "a number above 0", self.speed)
        _require(_is_whole(self.seed), "seed", "a whole number", self.seed)
        keys_good = bool(self.keys) and all(self.keys)
        _require(keys_good, "keys", "one or more keys that are not empty", "(not shown)")
        _require(_is_whole(self.limit) and self.limit >= 1, "limit", "a whole number from 1", self.limit)
        slots = self.deep_search_slots
        _require(_is_whole(slots) and slots >= 1, "deep_search_slots", "a whole number from 1", slots)
        balance = self.balance_credits
        _require(_is_number(balance) and balance >= 0, "balance_credits", "a number from 0", balance)
        _one_of(self.window, "window", get_args(Window))
        _one_of(self.retry_after, "retry_after", get_args(RetryAfter))
        _one_of(self.runtimes, "runtimes", get_args(Runtimes))
        for name in ("count_rejected",):
            _require(isinstance(getattr(self, name), bool), name, "true or false", getattr(self, name))
        for tier in self.enabled_tiers:
            _one_of(tier, "enabled_tiers", TIERS)
        for name, probability in self.faults.items():
            _one_of(name, "faults", FAULTS)
            _require(_is_number(probability) and 0 <= probability <= 1, f"faults[{name!r}]", "0 to 1", probability)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON-serializable values."""
        plain = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        plain["faults"] = dict(self.faults)
        plain["state"] = None if self.state is None else str(self.state)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> SimulatorSettings:
        """Parse settings written by `to_json`.

        Raises:
            ValueError: A name is unknown or a value is invalid.
        """
        known = {item.name for item in dataclasses.fields(cls)}
        unknown = sorted(set(plain) - known)
        _require(not unknown, "settings", f"only {', '.join(sorted(known))}", unknown)
        values = dict(plain)
        for name in ("keys", "enabled_tiers"):
            if name in values:
                values[name] = tuple(values[name])
        if values.get("state") is not None:
            values["state"] = Path(values["state"])
        return cls(**values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _one_of(value: object, name: str, allowed: tuple[str, ...]) -> None:
    _require(value in allowed, name, "one of " + ", ".join(allowed), value)


def _require(good: bool, name: str, allowed: str, value: object) -> None:
    if not good:
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
