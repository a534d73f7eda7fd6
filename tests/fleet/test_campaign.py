"""Fleets whose processes are killed and frozen, and whose database is: nothing is paid twice, and nothing lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fleet.campaign import Plan, campaign

BLOWS = ("cut", "restart", "kill", "swallow")

CASES = [
    pytest.param(Plan(kills=50, freezes=6, processes=5, seed=3), id="file", marks=pytest.mark.soak),
    pytest.param(Plan(kills=50, freezes=6, processes=5, seed=4, blows=BLOWS), id="database", marks=pytest.mark.soak),
    *(
        pytest.param(
            Plan(kills=100, freezes=10, processes=2 + seed % 7, seed=seed, blows=BLOWS * 3 if seed % 2 else ()),
            id=f"{'database' if seed % 2 else 'file'}, long, {seed}",
            marks=pytest.mark.campaign,
        )
        for seed in range(10, 20)
    ),
]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("plan", CASES)
def test_no_row_is_paid_twice_or_lost_whatever_happens_to_a_fleet_and_its_database(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with campaign(tmp_path, plan) as fleet:
        fleet.conduct()
        line = fleet.check()
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
