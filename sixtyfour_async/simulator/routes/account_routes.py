"""What an organization has left and has used (docs.sixtyfour.ai, api-reference check-balance)."""

from __future__ import annotations

from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.world import World

_USAGE = (Field("time_window", "integer", minimum=1),)
_HOUR = 3600


def check_balance(world: World, _: Call) -> Reply:
    """Answer ``GET /check-balance``."""
    return Reply({"credits": world.credits()})


def usage(world: World, call: Call) -> Reply:
    """Answer ``GET /api/usage``: the requests of this credential in the last seconds; its keys are assumed."""
    window = call.queried(_USAGE)["time_window"] or _HOUR
    return Reply({"time_window": window, "requests": world.books.since(call.now - window, call.key)})
