"""Balance and usage of the organization. Source: docs.sixtyfour.ai, api-reference check-balance."""

from __future__ import annotations

from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.service import Service

_USAGE = (Field("time_window", "integer", minimum=1),)
_HOUR_SECONDS = 3600


def check_balance(service: Service, _: Call) -> Reply:
    """Handle ``GET /check-balance``."""
    return Reply({"credits": service.credits()})


def usage(service: Service, call: Call) -> Reply:
    """Handle ``GET /api/usage``: requests of this credential in a time window in seconds; the shape is assumed."""
    window = call.query_values(_USAGE)["time_window"] or _HOUR_SECONDS
    return Reply({"time_window": window, "requests": service.books.count_since(call.now - window, call.key)})
