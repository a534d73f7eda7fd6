"""Addresses that a folder's ``.env`` names, and a key that does not come from there.

Whoever wrote the file, perhaps a stranger whose repository was cloned, would choose where the key and the data of the
person go. So such an address is named, and needs a yes, before anything is sent to it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from sixtyfour_async._postgres.address import Address, is_postgres
from sixtyfour_async._wire.shown_url import shown_url
from sixtyfour_async.cli.credentials import ENDPOINT, KEY
from sixtyfour_async.cli.environment import FILE, environment_of
from sixtyfour_async.cli.terminal import confirmed
from sixtyfour_async.errors import InputError

VENDOR: Final = "https://api.sixtyfour.ai"
"""Where a key belongs, whoever says so. Source: docs.sixtyfour.ai, introduction."""

OPTIONS: Final = ("api_endpoint", "journal", "webhook_url")
"""Options that may hold an address to which something is sent."""


def check_folder_addresses(context: click.Context | None) -> None:
    """Ask for a yes to the addresses that a command would use on the word of the file alone.

    ``--yes`` is none: a script that agrees to prices has not read the file. Naming the address by a flag, or in the
    environment, is one.

    Raises:
        InputError: There is no yes.
    """
    found = _addresses(context)
    if not found:
        return
    listed = ", ".join(f"{flag} {shown}" for flag, shown in found)
    question = f"{FILE} in this folder sets {listed}, and the key is not from there; use it? [y/N] "
    reads_stdin = context is not None and context.params.get("table") == Path("-")
    if not confirmed(question, table_on_stdin=reads_stdin):
        raise InputError(
            f"{FILE} in this folder sets {listed}, and the key is not from there; nothing was sent",
            remedy="name it by its flag or in the environment if it is yours, or remove it from the file",
        )


def _addresses(context: click.Context | None) -> list[tuple[str, str]]:
    """Return the flags and what may be shown of the addresses."""
    loaded = environment_of(context)
    if context is None or (KEY in loaded.from_file and not _has_other_key(context)):
        return []
    found: list[tuple[str, str]] = []
    for option in context.command.params:
        name, variable = option.name or "", option.envvar
        if name not in OPTIONS or not isinstance(variable, str) or variable not in loaded.from_file:
            continue
        if context.get_parameter_source(name) is not ParameterSource.ENVIRONMENT:
            continue
        address = _endpoint(context) if name == "api_endpoint" else shown_address(context.params.get(name))
        if address:
            found.append((f"--{name.replace('_', '-')}", address))
    return found


def _endpoint(context: click.Context) -> str:
    """Return the service's address as it may be shown; "" when it is the vendor's, or not used."""
    address = os.environ.get(ENDPOINT, "")
    is_used = not (context.params.get("simulate") or context.params.get("dry_run"))
    return (shown_address(address) or address) if is_used and address.rstrip("/") != VENDOR else ""


def _has_other_key(context: click.Context) -> bool:
    """Return whether a key comes from a flag, or is read from a file, which need not lie in this folder."""
    is_given = context.get_parameter_source("api_key") is ParameterSource.COMMANDLINE
    return is_given or context.get_parameter_source("api_key_file") not in {None, ParameterSource.DEFAULT}


def shown_address(value: object) -> str:
    """Return an address as it may be shown; "" for what is none, such as the path of a file."""
    if isinstance(value, Address):
        return str(value)
    text = str(value)
    if is_postgres(text):
        return str(Address.of(text))
    return shown_url("", text) if "://" in text else ""
