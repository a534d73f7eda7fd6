"""What the dashboard's own operations have in common."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.operations._base import Request


class Unpublished(Request):
    """Base of the dashboard's own operations, which are unpublished unless their class line says otherwise."""

    def __init_subclass__(cls, *, name: str = "", **facts: Any) -> None:
        super().__init_subclass__(name=name, **({"standing": "unpublished", **facts} if name else {}))
