"""Name the columns that are added to a table."""

from __future__ import annotations

from collections.abc import Sequence


def added_columns(existing: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return names for columns to add to a table, none of which differs from an existing one by case only.

    A wanted name that is taken becomes ``<name>_answer``, then ``<name>_answer_2`` and so on; the others are kept.
    """
    taken = {_folded(name) for name in existing}
    reserved = {_folded(name) for name in wanted}
    names: list[str] = []
    for name in wanted:
        answer, number = name, 1
        while _folded(answer) in taken or (answer != name and _folded(answer) in reserved):
            answer = f"{name}_answer" if number == 1 else f"{name}_answer_{number}"
            number += 1
        taken.add(_folded(answer))
        names.append(answer)
    return tuple(names)


def _folded(name: str) -> str:
    return name.strip().casefold()
