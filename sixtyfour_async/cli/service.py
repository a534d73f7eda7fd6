"""Which service a command talks to: the live one, or a simulator in a process of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sixtyfour_async.cli.exit_codes import ExitCode, exit_with
from sixtyfour_async.errors import ConfigurationError, InputError, SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async._journal.places import Place
    from sixtyfour_async.simulator import SimulatorSettings

SIMULATOR: Final = "simulator"
"""The name of the built-in simulator, whose address differs from run to run."""

SETTING_OF_A_FAULT: Final = re.compile(r"\bfaults(?:\['(\w+)'\])?")
"""How the simulator's settings name what the flag ``--fault`` sets."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that can be reached.

    Attributes:
        client_options: Arguments of `AsyncClient`.
        name: What a journal is bound to: the base URL, or ``simulator``, whose port differs from run to run.
        speed: Service seconds per real second; above 1 for a simulator only.
    """

    client_options: dict[str, Any]
    name: str
    speed: float = 1.0

    @property
    def is_live(self) -> bool:
        """Whether it takes real money."""
        return self.name != SIMULATOR


def check_key() -> None:
    """Check that a live run has a key.

    Raises:
        ConfigurationError: SIXTYFOUR_API_KEY is not set, or blank.
    """
    if not os.environ.get("SIXTYFOUR_API_KEY", "").strip():
        raise ConfigurationError(
            "no API key: set SIXTYFOUR_API_KEY (keys are issued at app.sixtyfour.ai/keys), or add --simulate, which "
            "needs none"
        )


def simulator_settings(faults: Iterable[str], **settings: Any) -> SimulatorSettings:
    """Return the settings of a simulator with the faults that ``--fault NAME=PROBABILITY`` names.

    Raises:
        InputError: A fault or another setting is wrong.
    """
    from sixtyfour_async.cli.option_values import parse_number
    from sixtyfour_async.simulator import SimulatorSettings

    try:
        return SimulatorSettings(**settings, faults=dict(parse_number("--fault", text) for text in faults))
    except ValueError as error:
        text = SETTING_OF_A_FAULT.sub(lambda match: f"--fault {match[1] or ''}".rstrip(), str(error))
        raise InputError(text) from error


@contextmanager
def connect(*, simulate: bool, speed: float, journal: Place | None, faults: Iterable[str] = ()) -> Generator[Service]:
    """Yield the live service, or start a simulator that keeps its jobs in a file beside the journal.

    That file lets a simulated run be resumed, as the live service would let it. Without a journal there is nothing to
    resume, and a file left by an earlier run is deleted; for None there is no file.

    Raises:
        InputError: One of the *faults* is wrong.
    """
    if not simulate:
        from sixtyfour_async._client.client import AsyncClient

        # A dry run sends nothing and needs no key.
        options: dict[str, Any] = {} if os.environ.get("SIXTYFOUR_API_KEY", "").strip() else {"api_key": "none"}
        yield Service(options, AsyncClient(**options).base_url)
        return
    from sixtyfour_async._journal.places import exists, file_beside
    from sixtyfour_async.simulator import DEFAULT_KEY
    from sixtyfour_async.simulator.serving.process import simulator_process

    state = None if journal is None else file_beside(journal, ".simulated.jsonl")
    settings = simulator_settings(faults, speed=speed, state=state)
    if journal is not None and state is not None and not exists(journal):
        state.unlink(missing_ok=True)
    try:
        with simulator_process(settings) as url:
            yield Service({"api_key": DEFAULT_KEY, "base_url": url, "speed": speed}, SIMULATOR, speed)
    except RuntimeError as error:
        exit_with(str(error), ExitCode.USAGE)


async def check_access(client: AsyncClient) -> None:
    """Request the balance, which is free, so that a wrong key, address or connection shows before a row is sent.

    Any other error of this route is ignored: it says nothing about the routes that the run needs.

    Raises:
        AddressError: What answers is not the API.
        AuthenticationError: The key is not valid.
        ConnectError: The service cannot be reached.
    """
    from sixtyfour_async._wire.wrong_address import WRONG_ADDRESS, check_balance_shape
    from sixtyfour_async.errors import AddressError, AuthenticationError, ConnectError, ResponseError
    from sixtyfour_async.operations import CheckBalance

    operation = CheckBalance()
    label = str(operation.endpoint.route)
    try:
        answer = await client.send_with_raw(operation)
    except (AddressError, AuthenticationError, ConnectError):
        raise
    except ResponseError as error:
        raise AddressError(f"{WRONG_ADDRESS}: 200 without JSON", operation=label, body=error.body) from error
    except SixtyfourError:
        return
    check_balance_shape(answer.raw, operation=label)
