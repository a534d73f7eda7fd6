"""Where a receiver reads its signing secrets, anew for each delivery, so that a roll is followed without a restart."""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from sixtyfour_async._wire.signatures import checked_secrets

ENVIRONMENT_VARIABLE = "SIXTYFOUR_WEBHOOK_SECRET"
"""Holds one secret, or several separated by commas."""

Given: TypeAlias = str | Iterable[str]
SecretsFrom: TypeAlias = Given | Callable[[], Given | Awaitable[Given]] | None
SecretSource: TypeAlias = Callable[[], Awaitable[tuple[str, ...]]]


def secret_source(secrets: SecretsFrom) -> SecretSource:
    """Return a function that reads the secrets; see `WebhookReceiver` for what *secrets* may be.

    The function returns no secret only when none was ever meant: the argument and the environment variable are unset.
    A function of the caller's that returns none raises, lest every stranger be believed while a secret store fails.

    Raises:
        ConfigurationError: A secret that is given as it is cannot be one.
    """
    if secrets is None:
        return _from_environment
    if callable(secrets):
        read = secrets

        async def from_function() -> tuple[str, ...]:
            found = read()
            return checked_secrets(await found if inspect.isawaitable(found) else found)

        return from_function
    fixed = checked_secrets(secrets)

    async def as_given() -> tuple[str, ...]:
        return fixed

    return as_given


async def _from_environment() -> tuple[str, ...]:
    parts = [part for part in os.environ.get(ENVIRONMENT_VARIABLE, "").split(",") if part.strip()]
    return checked_secrets(parts) if parts else ()
