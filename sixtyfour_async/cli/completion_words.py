"""The words of operations, kept in a file: to complete a name must not take as long as importing all operations does.

``python -m tests.cli.completion_words`` writes the file; a test compares it with the operations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = "completion_words.json"


@cache
def completion_words() -> Mapping[str, Any]:
    """Return what the file holds.

    ``operations``: name → flag → null for a switch, ``"file"`` for a file, else the list of documented words; ``jobs``:
    the operations that run as jobs; ``paged``: those with pages; ``tables``: those that run on a table; ``tiers``.
    """
    words: Mapping[str, Any] = json.loads(Path(__file__).with_name(FILE).read_text("utf-8"))
    return words
