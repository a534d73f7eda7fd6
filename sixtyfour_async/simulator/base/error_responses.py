"""How the service says no: an exception that carries the whole answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

RouteGroup = Literal["enrichment", "search", "workflow", "account"]


class ErrorResponse(Exception):  # noqa: N818 -- not an error of the simulator, but an answer
    """A request is refused; `status` and `body` are the answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def error_response(status: int, text: str) -> ErrorResponse:
    """Refuse with ``{"detail": text}``, the envelope the OpenAPI file declares."""
    return ErrorResponse(status, {"detail": text})


def group_error(status: int, error: str, message: str, group: RouteGroup) -> ErrorResponse:
    """Refuse in the group's own envelope.

    The enrichment pages document ``{"error", "message"}`` (docs.sixtyfour.ai, errors); the others ``{"detail"}``.
    """
    if group == "enrichment":
        return ErrorResponse(status, {"error": error, "message": message})
    return error_response(status, message)


def validation_error(problems: Sequence[dict[str, Any]]) -> ErrorResponse:
    """Refuse with the 422 envelope."""
    return ErrorResponse(422, {"detail": list(problems)})
