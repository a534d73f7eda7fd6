"""``python -m tests.cli.completion_words``: write the words that completion knows of operations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sixtyfour_async.cli.completion_words as kept
from sixtyfour_async.cli.operation_fields import Field, fields_of
from sixtyfour_async.operations import REGISTRY, JobOperation, PagedOperation
from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS

PATH = Path(kept.__file__).with_name(kept.FILE)


def words() -> dict[str, Any]:
    """Collect the words from the operations themselves."""
    fields = {name: fields_of(operation) for name, operation in sorted(REGISTRY.items())}
    return {
        "operations": {name: dict(flag for field in found for flag in flags(field)) for name, found in fields.items()},
        "jobs": [name for name in fields if issubclass(REGISTRY[name], JobOperation)],
        "paged": [name for name in fields if issubclass(REGISTRY[name], PagedOperation)],
        "tables": list(TABLE_OPERATIONS),
        "tiers": next(list(field.choices) for field in fields["people-intelligence"] if field.name == "tier"),
    }


def flags(field: Field) -> list[tuple[str, Any]]:
    """Return each flag with what is known of its value."""
    if field.shape == "flag":
        return [(field.flags[0], None), (f"--no-{field.flags[0][2:]}", None)]
    return [(flag, "file" if field.shape == "file" else list(field.choices)) for flag in field.flags]


def text() -> str:
    """Return the whole file."""
    return json.dumps(words(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
