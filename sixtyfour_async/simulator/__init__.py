"""A simulator of api.sixtyfour.ai: HTTP requests enter, documented responses leave, `Simulator.books` records both.

Five floors, each importing only those below: `base`, `knowledge`, `state`, `routes`, `serving`. No code is shared with
the client, so that an error in one cannot hide in the other. Use ``simulator.app`` in-process as an ASGI application,
`serving.server` over HTTP (`serve` in a running asyncio loop, `run` as a program), `serving.process` in a child
process.
"""

from __future__ import annotations

from sixtyfour_async.simulator.base.disconnect import SimulatedDisconnect
from sixtyfour_async.simulator.base.settings import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.knowledge.companies import Company, companies
from sixtyfour_async.simulator.serving.simulator import Simulator

__all__ = ["DEFAULT_KEY", "Company", "SimulatedDisconnect", "Simulator", "SimulatorSettings", "companies"]
