"""Page after page, row after row: one request at a time, made when it is asked for."""

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
    """Yield pages until the service names none, names one again, or as many rows have come as were asked for."""
    question: PagedOperation[R, T] | None = operation
    left = operation.row_limit()
    seen: set[str] = set()
    while question is not None and (left is None or left > 0):
        seen.add(question.fingerprint())
        page = await send(question)
        left = None if left is None else left - len(question.page_rows(page))
        yield page
        question = question.next_page(page)
        if question is not None and question.fingerprint() in seen:
            logger.warning("%s: the service named a page twice; no more are asked for", operation.endpoint.name)
            return


async def rows_of(
    operation: PagedOperation[R, T], send: Callable[[Operation[R]], Awaitable[R]]
) -> AsyncGenerator[T, None]:
    """Yield the rows of those pages, the last one cut to the number that was asked for."""
    left = operation.row_limit()
    async with aclosing(pages_of(operation, send)) as pages:
        async for page in pages:
            rows = operation.page_rows(page)
            for row in rows if left is None else rows[:left]:
                yield row
            left = None if left is None else left - len(rows)
