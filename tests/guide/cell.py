"""Run the code of a notebook's cell, which may await outside of any function: ``python -m tests.guide.cell CODE``."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Coroutine
from types import CodeType, FunctionType
from typing import Any


def run(text: str) -> None:
    """Run a cell in a loop of its own."""
    code: CodeType = compile(text, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running: Coroutine[Any, Any, None] | None = FunctionType(code, {"__name__": "__main__"})()
    if running is not None:
        asyncio.run(_awaited(running))


async def _awaited(running: Coroutine[Any, Any, None]) -> None:
    await running


if __name__ == "__main__":
    run(sys.argv[1])
