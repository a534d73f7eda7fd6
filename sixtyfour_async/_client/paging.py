"""Pages and rows of paged answers: one request at a time, made when the iteration gets there."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from sixtyfour_async.operations import Operation, PagedOperation

R = TypeVar("R")
T = TypeVar("T")

logger = logging.getLogger("sixtyfour_async.client")


async def pages_of(
    operation: PagedOperation[R, T], send: Callable[[Operation[R]], Awaitable[R]]
) -> AsyncGenerator[R, None]:
    """Yield pages until there is no next one, a cursor repeats, or the operation's row limit is reached.

    Only the service decides that there is no next page: with filters applied after the query, a short or an empty page
    may well have a successor. A repeated cursor would go on for ever, and every page may cost money.
    """
    request: PagedOperation[R, T] | None = operation
    left = operation.row_limit()
    seen: set[str] = set()
    while request is not None and (left is None or left > 0):
        seen.add(request.fingerprint())
        page = await send(request)
        left = None if left is None else left - len(request.page_rows(page))
        yield page
        request = request.next_page(page)
        if request is not None and request.fingerprint() in seen:
            name = operation.endpoint.name
            text = "%s: the service returned the same cursor twice; stopped paging"
            logger.warning(text, name, extra={"operation": name})
            return


async def rows_of(
    operation: PagedOperation[R, T], send: Callable[[Operation[R]], Awaitable[R]]
) -> AsyncGenerator[T, None]:
    """Yield the rows of `pages_of`, cut to the row limit: the last page may hold more than was wanted."""
    left = operation.row_limit()
    async with aclosing(pages_of(operation, send)) as pages:
        async for page in pages:
            rows = operation.page_rows(page)
            for row in rows if left is None else rows[:left]:
                yield row
            left = None if left is None else left - len(rows)
