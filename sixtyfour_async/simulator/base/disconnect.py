"""How an application breaks its connection: by an ASGI extension, or by an exception where there is none."""

from __future__ import annotations

CONNECTION_EXTENSION = "sixtyfour.connection"
"""Name of the ASGI extension: a mapping with the callables ``reset`` and ``close``, made by `server.py`."""


class SimulatedDisconnect(ConnectionResetError):  # noqa: N818 -- public name, kept short
    """The connection broke, in-process. ``worked``: whether the server had done (or accepted) the work."""

    def __init__(self, *, worked: bool) -> None:
        super().__init__(f"simulated: the connection broke {'after' if worked else 'before'} the work")
        self.worked = worked
