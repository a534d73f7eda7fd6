"""Where settings come from besides flags: the environment, and the ``.env`` file of the current folder.

What the file sets, and the environment does not, is put into the environment of this process. So every reader of a
variable, click among them, finds the value that is used; here is kept which of them came from the file. A variable that
is empty or blank is not set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from sixtyfour_async.cli.env_file import PREFIX, EnvFile, parse_env_file
from sixtyfour_async.errors import InputError

FILE: Final = Path(".env")
"""Only that of the current folder; folders above it are not searched."""

MAX_FILE_BYTES: Final = 1_000_000
CONSENTS: Final = frozenset({"SIXTYFOUR_YES", "SIXTYFOUR_OVERWRITE", "SIXTYFOUR_ON_UNKNOWN", "SIXTYFOUR_PRICE"})
"""What a person agrees to, and the price in the plan that they agree to: a file in a folder, which may be a
stranger's, cannot do it for them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What was found when the command began.

    Attributes:
        from_file: Names that were taken from the file.
        ignored: Names in the file that are not read from there, with the reason.
        problems: Why parts of the file cannot be read, a sentence each.
    """

    from_file: frozenset[str] = frozenset()
    ignored: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: tuple[str, ...] = ()

    def check(self) -> None:
        """Check that nothing is left out because it could not be read.

        Raises:
            InputError: A line that concerns this package cannot be read.
        """
        if self.problems:
            raise InputError(f"{FILE} {'; '.join(self.problems)}", remedy="correct the file")


def load_environment(variables: MutableMapping[str, str] = os.environ, path: Path = FILE) -> Environment:
    """Drop blank variables of ours, and add those of the file that are not set."""
    for name in [name for name in variables if name.startswith(PREFIX)]:
        if not variables[name].strip():
            del variables[name]
    found, problem = _read(path)
    if found is None:
        return Environment(problems=(problem,) if problem else ())
    chosen = {
        name: value
        for name, value in found.values.items()
        if name.startswith(PREFIX) and value.strip() and name not in variables and name not in CONSENTS
    }
    variables.update(chosen)
    return Environment(frozenset(chosen), _ignored(found.values), found.problems)


def environment_of(context: click.Context | None) -> Environment:
    """Return what was loaded for a command; an empty one outside of the group."""
    found = context.find_root().obj if context is not None else None
    return found if isinstance(found, Environment) else Environment()


def _read(path: Path) -> tuple[EnvFile | None, str]:
    """Return the parsed file; or None, and why."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None, ""
        if path.stat().st_size > MAX_FILE_BYTES:
            return None, f"is larger than {MAX_FILE_BYTES:,} bytes"
        return parse_env_file(path.read_bytes()), ""
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"


def _ignored(values: Mapping[str, str]) -> dict[str, str]:
    """Return the names that somebody may expect to be read from the file."""
    reasons: dict[str, str] = {}
    for name in values:
        if name in CONSENTS:
            reasons[name] = "a yes, and the price in a plan, are given by a flag or by the environment, not by a file"
        elif name.upper() in {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}:
            reasons[name] = "proxies and certificates are read from the environment only"
    return reasons
