"""The tables of a journal in PostgreSQL: created, brought up to date, and found."""

from __future__ import annotations

from contextlib import suppress
from importlib import resources
from typing import Any

import psycopg
from psycopg import errors, sql

from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async.errors import JournalError

MIGRATIONS: tuple[str, ...] = ("",)
"""What brings the tables from each schema to the next, from 1 on; nothing where only the functions have changed."""

SCHEMA_VERSION = 1 + len(MIGRATIONS)

TABLES = ("migrations", "journal", "meta", "jobs", "runners", "commits", "answers", "tallies", "sums", "adoptions")

_LOCK = "SELECT pg_advisory_xact_lock(3617836);"  # until the end of the transaction: two may create them at once
_RECORD = "INSERT INTO sixtyfour_migrations (version) VALUES ({});"


def version_of(link: Link, *, patience: float | None = None) -> int:
    """Return the version of the tables; 0 when there are none.

    Raises:
        JournalError: A newer version made them, or they may not be read.
    """
    found = link.ask("SELECT to_regclass('sixtyfour_migrations') IS NOT NULL", patience=patience)[0][0]
    version = int(link.ask("SELECT max(version) FROM sixtyfour_migrations")[0][0]) if found else 0
    if version > SCHEMA_VERSION:
        raise JournalError(
            f"journal {link.address} was made by a newer version (schema {version}, this one knows {SCHEMA_VERSION}): "
            "upgrade sixtyfour_async, or choose another journal"
        )
    return version


def prepare(link: Link, *, anew: bool = False) -> int:
    """Create the tables, or bring them up to date; nothing happens to those that are.

    Args:
        link: Where.
        anew: Define the functions in the database anew even where the tables are up to date.

    Returns:
        The version that they had before.

    Raises:
        JournalError: They are missing, and may not be created with this role; or a newer version made them.
    """
    version = version_of(link, patience=0)
    if version == SCHEMA_VERSION and not anew:
        return version
    try:
        link.run(lambda connection: _prepare(connection, version), patience=0)
    except JournalError as error:
        if version_of(link) == SCHEMA_VERSION and not anew:  # another process was quicker
            return version
        remedy = f"run `sixtyfour journal init {link.address}` once, as a role that may create tables"
        raise JournalError(f"{error}; {remedy}") from None
    return version


def _prepare(connection: psycopg.Connection[Any], version: int) -> None:
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise errors.FeatureNotSupported("the database's encoding must be UTF8")
    steps = [_file("postgres.sql")] if version == 0 else list(MIGRATIONS[version - 1 :])
    record = "" if version == SCHEMA_VERSION else _RECORD.format(SCHEMA_VERSION)
    # One message without parameters, so one transaction: all of it, or nothing.
    script = "\n".join([_LOCK, *steps, _file("postgres_functions.sql"), record])
    connection.execute(script.encode())


def _file(name: str) -> str:
    return resources.files("sixtyfour_async._journal").joinpath(name).read_text("utf-8")


def grant(link: Link, role: str) -> None:
    """Let a role use the journal: read and write its tables, and nothing else.

    Raises:
        JournalError: There is no such role, or this one may not grant that.
    """
    schema = link.ask(
        "SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid"
        " WHERE pg_class.oid = 'sixtyfour_jobs'::regclass"
    )[0][0]
    to = sql.Identifier(role)
    tables = sql.SQL(", ").join(sql.Identifier(schema, f"sixtyfour_{name}") for name in TABLES)
    statements = sql.SQL("GRANT USAGE ON SCHEMA {} TO {}; GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(
        sql.Identifier(schema), to, tables, to
    )
    link.run(lambda connection: connection.execute(statements), patience=0)


def vacuum(link: Link) -> None:
    """Free the space of erased rows now, where this role may; else the server does it in its own time."""
    with suppress(JournalError):
        link.run(
            lambda connection: connection.execute("VACUUM (SKIP_LOCKED) sixtyfour_jobs, sixtyfour_answers"), patience=0
        )
