"""Answers about the account."""

from __future__ import annotations

from sixtyfour_async.models._base import Model


class Balance(Model):
    """``GET /check-balance``. Units: credits; what one costs depends on the plan, so nothing is converted."""

    credits: float
