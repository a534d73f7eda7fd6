"""All dialects by name, in the order in which they apply to one answer."""

from __future__ import annotations

from collections.abc import Mapping

from sixtyfour_async.simulator.base.dialects.addresses import ADDRESSES
from sixtyfour_async.simulator.base.dialects.answer import Dialect
from sixtyfour_async.simulator.base.dialects.bodies import BODIES
from sixtyfour_async.simulator.base.dialects.results import RESULTS
from sixtyfour_async.simulator.base.dialects.rows import ROWS
from sixtyfour_async.simulator.base.dialects.statuses import STATUSES
from sixtyfour_async.simulator.base.dialects.submits import SUBMITS

DIALECTS: Mapping[str, Dialect] = {**ADDRESSES, **ROWS, **RESULTS, **SUBMITS, **STATUSES, **BODIES}
"""From the inside out: rows before the result that holds them, the result before its envelope, the bytes last.

A dialect sees what the earlier ones left, and passes over an answer in which it finds nothing to change.
"""
