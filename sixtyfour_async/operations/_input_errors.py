"""What pydantic found wrong with the parameters of an operation, as one sentence that names the parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sixtyfour_async.errors import InputError
from sixtyfour_async.operations._words import near_word

PREDICATES = ("should ", "is ", "has ", "needs ")
"""Words that go on a sentence whose subject is the parameter."""

MAX_SHOWN_CHARACTERS = 60
"""Of a value that is none of the words allowed."""

_QUOTED = re.compile("'([^']*)'")


def input_error(operation: str, names: Sequence[str], error: ValidationError) -> InputError:
    """Describe the first problem; an unknown parameter comes first, for a missing one is often the same slip."""
    problems: list[Any] = error.errors(include_url=False)
    unknown = [problem for problem in problems if _is_unknown_parameter(problem)]
    if unknown:
        problem = unknown[0]
        wrong = str(problem["loc"][0])
        from difflib import get_close_matches  # noqa: PLC0415 (few programs make such a slip)

        near = get_close_matches(wrong, names, n=1)
        meant = [other for other in problems if other["type"] == "missing" and list(other["loc"]) == near]
        hint = f"; did you mean {near[0]!r}?" if near else ""
        rest = _rest(len(problems) - len(meant) - 1)
        return InputError(
            f"{operation}: unknown parameter {wrong!r}{hint}{rest}",
            field=wrong,
            reason=f"unknown{hint}{rest}",
            remedy="" if near else "what this package does not know yet can be sent in extra",
        )
    problem, rest = problems[0], _rest(len(problems) - 1)
    place = ".".join(str(part) for part in problem["loc"] if isinstance(part, int) or part.isidentifier())
    if problem["type"] == "missing":
        return InputError(f"{operation}: missing parameter {place!r}{rest}", field=place, reason=f"missing{rest}")
    reason = _reason(problem) + rest
    joint = " " if reason.startswith(PREDICATES) else ": "
    named = f"parameter {place!r}{joint}{reason}" if place else reason
    return InputError(f"{operation}: {named}", field=place or None, reason=reason)


def _is_unknown_parameter(problem: Mapping[str, Any]) -> bool:
    return problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1


def _rest(count: int) -> str:
    return f" (and {count} more)" if count > 0 else ""


def _reason(problem: Mapping[str, Any]) -> str:
    """Word the problem without the parameter's name."""
    kind: str = problem["type"]
    text: str = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    text = text.replace("valid dictionary", "mapping").replace(" after validation", "")
    text = "should have at least one key" if kind == "too_short" and "ictionary" in text else text
    if kind == "literal_error" and isinstance(problem["input"], str):
        near = near_word(problem["input"], _QUOTED.findall(text))
        hint = f"; did you mean {near!r}?" if near else ""
        return f"{text}, not {problem['input'][:MAX_SHOWN_CHARACTERS]!r}{hint}"
    if kind.endswith("_type"):
        return f"{text}, not {type(problem['input']).__name__}"
    return text if kind == "value_error" else text[:1].lower() + text[1:]
