"""Error responses of the service as an exception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

RouteGroup = Literal["enrichment", "search", "workflow", "account"]


class ErrorResponse(Exception):  # noqa: N818 -- a response, not a failure of the simulator
    """Raised by a route to answer with `status` and the JSON `body`."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


def error_response(status: int, text: str) -> ErrorResponse:
    """Return an error with the body ``{"detail": text}``, the envelope of the OpenAPI file."""
    return ErrorResponse(status, {"detail": text})


def group_error(status: int, error: str, message: str, group: RouteGroup) -> ErrorResponse:
    """Return an error in the envelope of a route group.

    Enrichment routes document ``{"error", "message"}`` (docs.sixtyfour.ai, errors), the others ``{"detail"}``.
    """
    if group == "enrichment":
        return ErrorResponse(status, {"error": error, "message": message})
    return error_response(status, message)


def validation_error(problems: Sequence[dict[str, Any]]) -> ErrorResponse:
    """Return a 422 with the given items."""
    return ErrorResponse(422, {"detail": list(problems)})
