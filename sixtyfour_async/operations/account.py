"""Questions about the account."""

from __future__ import annotations

from sixtyfour_async.models import Balance
from sixtyfour_async.operations._base import Operation, Request


class CheckBalance(Request, Operation[Balance], name="check-balance", http="GET /check-balance"):
    """Read the credits left. Source: docs.sixtyfour.ai, api-reference, check balance."""
