"""What a person agreed to, and whether a plan stays within it. Pure: the question itself is put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from sixtyfour_async.models._base import json_object
from sixtyfour_async.questions.parts import FieldSet
from sixtyfour_async.questions.question import Question


@dataclass(frozen=True, slots=True)
class Agreement:
    """The terms of a yes, over all runs on one journal.

    The totals include what the journal held before: a run that resumes needs what is left of them, and a row more than
    was agreed shows.

    Attributes:
        asked: The field set: fields, criteria, options.
        columns: Column → key, of those that are sent.
        jobs: Jobs in all, those of earlier runs included.
        cost_cents: Money in all, US cents; None when the price was not known.
    """

    asked: FieldSet
    columns: Mapping[str, str]
    jobs: int
    cost_cents: float | None

    @classmethod
    def of(cls, question: Question, columns: Mapping[str, str], *, jobs: int, cost_cents: float | None) -> Agreement:
        """Return the terms of a plan."""
        return cls(FieldSet.of(question), dict(columns), jobs, cost_cents)

    def as_json(self) -> dict[str, JsonValue]:
        """Return it as JSON, as a journal keeps it."""
        terms: dict[str, JsonValue] = {"columns": dict(self.columns), "jobs": self.jobs, "cost_cents": self.cost_cents}
        return {**self.asked.as_json(), **terms}

    @classmethod
    def from_json(cls, value: JsonValue) -> Agreement:
        """Read what `as_json` returned.

        Raises:
            ValueError: It is something else.
        """
        terms: dict[str, Any] = json_object(value) or {}
        columns, jobs, cents = json_object(terms.get("columns")), terms.get("jobs"), terms.get("cost_cents")
        if columns is None or not isinstance(jobs, int) or not isinstance(cents, int | float | None):
            raise ValueError(f"not an agreement: {value!r}")
        return cls(FieldSet.from_json(terms), {name: str(key) for name, key in columns.items()}, jobs, cents)

    def covers(self, plan: Agreement) -> bool:
        """Return whether a plan asks for no more than was agreed: fields, columns, jobs, money."""
        same_way = (self.asked.criteria, self.asked.options) == (plan.asked.criteria, plan.asked.options)
        fields = all(self.asked.answers(name, spec) for name, spec in plan.asked.fields.items())
        columns = plan.columns.items() <= self.columns.items()
        return same_way and fields and columns and plan.jobs <= self.jobs and self._covers_cost(plan.cost_cents)

    def _covers_cost(self, cents: float | None) -> bool:
        if self.cost_cents is None:
            return True
        # Sums of floats in another order: a thousandth of a cent is nobody's disagreement.
        return cents is not None and cents <= self.cost_cents + 0.001
