"""A truthful stand-in for api.sixtyfour.ai, over HTTP on loopback or in-process as an ASGI application.

It shares no code with the client, so a mistake in one does not hide in the other.

- `Simulator`, `SimulatorSettings`: make one and ask ``simulator.app``.
- `sixtyfour_async.simulator.serving.server`: `serve` inside an asyncio loop, `run` for a program of its own.
- `sixtyfour_async.simulator.serving.process`: `simulator_process`, in a child process.
"""

from __future__ import annotations

from sixtyfour_async.simulator.base.disconnect import SimulatedDisconnect
from sixtyfour_async.simulator.base.settings import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.knowledge.companies import Company, companies
from sixtyfour_async.simulator.serving.simulator import Simulator

__all__ = ["DEFAULT_KEY", "Company", "SimulatedDisconnect", "Simulator", "SimulatorSettings", "companies"]
