"""Output rows of the blocks of runs, computed on demand and cached for the most recently used runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sixtyfour_async.simulator.knowledge.blocks import registered_blocks
from sixtyfour_async.simulator.state.work import Run

JSON = dict[str, Any]
_MAX_CACHED_RUNS = 4
"""Runs whose rows are cached."""


@dataclass(slots=True)
class Outputs:
    """Cache of output rows, least recently used run first."""

    seed: int
    _by_run: dict[str, list[list[JSON]]] = field(default_factory=dict[str, list[list[JSON]]])

    def rows_of(self, run: Run, block_number: int) -> list[JSON]:
        """Return the output rows of block *block_number* (from 1) of a run."""
        rows = self._by_run.pop(run.id, [])
        self._by_run[run.id] = rows
        while len(self._by_run) > _MAX_CACHED_RUNS:
            del self._by_run[next(iter(self._by_run))]
        while len(rows) < block_number:
            rows.append(self._transform(run.body["blocks"][len(rows)], rows[-1] if rows else run.body["rows"]))
        return rows[block_number - 1]

    def row_of(self, run: Run, block_number: int, row: Mapping[str, Any]) -> JSON:
        """Return the output of block *block_number* for one input row, one of the run's own or any other."""
        rows = [dict(row)]
        for block in run.body["blocks"][:block_number]:
            rows = self._transform(block, rows)
        return rows[0] if rows else dict(row)

    def _transform(self, block: JSON, rows: Sequence[Mapping[str, Any]]) -> list[JSON]:
        return registered_blocks()[block["block_name"]].transform(self.seed, block["specs"], rows)
