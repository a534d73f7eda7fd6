"""Broken connections: an ASGI extension where the server offers it, an exception otherwise."""

from __future__ import annotations

CONNECTION_EXTENSION = "sixtyfour.connection"
"""Name of the ASGI extension: a mapping with the callables ``reset`` and ``close``, provided by `serving.server`."""


class SimulatedDisconnect(ConnectionResetError):  # noqa: N818 -- public name, kept short
    """Raised in-process in place of a broken connection.

    ``worked``: whether the service had already done or accepted the work.
    """

    def __init__(self, *, worked: bool) -> None:
        super().__init__(f"simulated: the connection broke {'after' if worked else 'before'} the work")
        self.worked = worked
