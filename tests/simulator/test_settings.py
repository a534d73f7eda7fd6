from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async.simulator import SimulatorSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speed", 0),
        ("speed", float("nan")),
        ("speed", "fast"),
        ("seed", 1.5),
        ("keys", ()),
        ("keys", ("",)),
        ("limit", 0),
        ("limit", True),
        ("window", "moving"),
        ("count_rejected", 1),
        ("retry_after", "minutes"),
        ("deep_search_slots", 0),
        ("runtimes", "guessed"),
        ("balance_credits", -1),
        ("enabled_tiers", ("low", "huge")),
        ("faults", {"nobody": 0.5}),
        ("faults", {"reset": 1.5}),
    ],
)
def test_invalid_settings_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        SimulatorSettings(**{name: value})


def test_settings_round_trip_through_json() -> None:
    settings = SimulatorSettings(
        speed=60.0, keys=("a", "b"), faults={"reset": 0.1}, state=Path("x.jsonl"), window="bucket"
    )
    assert SimulatorSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


def test_unknown_settings_are_rejected() -> None:
    with pytest.raises(ValueError, match="spede"):
        SimulatorSettings.from_json({"spede": 1})


def test_missing_extra_is_named_on_access_to_app() -> None:
    program = """
import sys
sys.modules["starlette"] = None
from sixtyfour_async.simulator import Simulator, companies
assert companies()
simulator = Simulator()
try:
    simulator.app
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 'pip install "sixtyfour_async[simulator]"' in done.stdout
