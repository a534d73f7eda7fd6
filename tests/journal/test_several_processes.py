"""Processes on one journal file, killed and stopped at random: nothing is paid twice, nothing lost, and turns taken."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from sixtyfour_async._journal.maintenance import check
from sixtyfour_async._journal.places import place_of, reading

LEASE_SECONDS = 1.5


@dataclass(frozen=True)
class Campaign:
    """How many processes work on how many rows, and what happens to them."""

    rows: int
    kills: int
    stops: int
    processes: int = 4
    url: str | None = None


def start(folder: Path, campaign: Campaign, seed: int) -> subprocess.Popen[bytes]:
    arguments = [str(folder), str(LEASE_SECONDS), str(campaign.rows), str(seed)]
    if campaign.url is not None:
        arguments.append(campaign.url)
    return subprocess.Popen([sys.executable, "-m", "tests.journal.fleet_worker", *arguments])


def conduct(folder: Path, campaign: Campaign, chance: random.Random) -> None:
    """Keep so many processes at work until all rows are done; kill and stop some of them meanwhile."""
    live = [start(folder, campaign, seed) for seed in range(campaign.processes)]
    blows = [signal.SIGKILL] * campaign.kills + [signal.SIGSTOP] * campaign.stops
    chance.shuffle(blows)
    while not (folder / "acknowledged").exists():
        time.sleep(0.05)
    for seed, blow in enumerate(blows, start=100):
        time.sleep(chance.uniform(0.1, 0.4))
        victim = chance.choice(live)
        if victim.poll() is not None:
            continue
        victim.send_signal(blow)
        if blow == signal.SIGSTOP:
            time.sleep(1.6 * LEASE_SECONDS)
            victim.send_signal(signal.SIGCONT)
        else:
            victim.wait()
            live[live.index(victim)] = start(folder, campaign, seed)
    assert [process.wait() for process in live] == [0] * len(live)


def check_books(folder: Path, campaign: Campaign) -> Counter[str]:
    """Compare the journal with the service's book and the workers' acknowledgements; return the rows by state."""
    paid = Counter((folder / "book").read_text().splitlines())
    acknowledged = set((folder / "acknowledged").read_text().splitlines())
    with reading(place_of(campaign.url or folder / "run.db")) as journal:
        rows = {entry.key: entry for entry in journal.entries()}
        spent = sum(line.spent_cents + line.exposed_cents for line in journal.lines())
    assert set(paid.values()) == {1}, "nothing is paid twice"
    assert len(rows) == campaign.rows
    assert {row.state for row in rows.values()} <= {"completed", "unknown"}
    assert all(rows[key].state in {"completed", "unknown"} for key in paid)
    for line in acknowledged:
        state, _, key = line.partition(" ")
        assert rows[key].job_id == f"job {key}", "an id that was acknowledged is never lost"
        assert state == "accepted" or rows[key].state == "completed", "and neither is an answer"
    assert all(key in paid for key, row in rows.items() if row.state == "completed")
    assert spent == 5.0 * campaign.rows
    return Counter(row.state for row in rows.values())


def check_turns(folder: Path) -> Counter[str]:
    """Check that no two processes wrote, or moved the log, at the same time; return how often they did."""
    turns: list[tuple[float, float, str, str]] = []
    for file in folder.glob("turns *"):
        for line in file.read_text().splitlines():
            what, *times = line.split()
            turns.append((float(times[0]), float(times[1]), file.name, what))
    turns.sort()
    latest: dict[str, float] = {turns[0][2]: turns[0][1]}
    for began, ended, process, _ in turns[1:]:
        assert all(began >= before for other, before in latest.items() if other != process), "two processes at once"
        latest[process] = max(ended, latest.get(process, ended))
    return Counter(what for *_, what in turns)


def run_campaign(folder: Path, campaign: Campaign, seed: int) -> None:
    conduct(folder, campaign, random.Random(seed))  # noqa: S311 (no secret)
    states = check_books(folder, campaign)
    turns = check_turns(folder)
    assert states["unknown"] < 0.25 * campaign.rows
    assert turns["checkpoint"] > 3
    assert check(folder / "run.db").good
    with closing(sqlite3.connect(folder / "run.db")) as database:
        assert database.execute("SELECT count(*) FROM runners").fetchone() == (0,)
    assert [file.name for file in folder.glob("run.db*")] == ["run.db"], "the last to close leaves one file"


def test_processes_that_are_killed_and_stopped_pay_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    run_campaign(tmp_path, Campaign(rows=400, kills=5, stops=2), seed=14)


def run_campaign_on_a_database(folder: Path, campaign: Campaign, seed: int) -> None:
    assert campaign.url is not None
    conduct(folder, campaign, random.Random(seed))  # noqa: S311 (no secret)
    states = check_books(folder, campaign)
    assert states["unknown"] < 0.25 * campaign.rows
    with psycopg.connect(campaign.url) as connection:
        assert connection.execute("SELECT count(*) FROM sixtyfour_jobs WHERE owner IS NOT NULL").fetchall() == [(0,)]


def test_processes_on_a_database_pay_nothing_twice_and_lose_nothing_either(tmp_path: Path, postgres_url: str) -> None:
    run_campaign_on_a_database(tmp_path, Campaign(rows=400, kills=5, stops=2, url=postgres_url), seed=14)


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", range(1))
def test_a_long_campaign_on_a_database(tmp_path: Path, postgres_url: str, seed: int) -> None:
    campaign = Campaign(rows=1500, kills=15, stops=4, processes=6, url=postgres_url)
    run_campaign_on_a_database(tmp_path, campaign, seed)


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", range(2))
def test_a_long_campaign(tmp_path: Path, seed: int) -> None:
    run_campaign(tmp_path, Campaign(rows=1500, kills=15, stops=4, processes=6), seed)
