"""How the service says no: an exception that carries the whole answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Group = Literal["enrichment", "search", "workflow", "account"]


class Refused(Exception):  # noqa: N818 -- not an error of the simulator, but an answer
    """A request is refused; `status` and `body` are the answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def detail(status: int, text: str) -> Refused:
    """Refuse with ``{"detail": text}``, the envelope the OpenAPI file declares."""
    return Refused(status, {"detail": text})


def general(status: int, error: str, message: str, group: Group) -> Refused:
    """Refuse in the group's own envelope.

    The enrichment pages document ``{"error", "message"}`` (docs.sixtyfour.ai, errors); the others ``{"detail"}``.
    """
    if group == "enrichment":
        return Refused(status, {"error": error, "message": message})
    return detail(status, message)


def unprocessable(problems: Sequence[dict[str, Any]]) -> Refused:
    """Refuse with the 422 envelope."""
    return Refused(422, {"detail": list(problems)})
