"""Results that come as text: JSON, Python's notation, a block in a chat."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sixtyfour_async import PeopleIntelligence
from sixtyfour_async._wire.results import read_result

QUESTION = PeopleIntelligence(lead_info={"name": "Ada"}, struct={"hq": "Head office", "ceo": "Chief"})

WRITTEN: dict[str, Callable[[Any], str]] = {
    "JSON": json.dumps,
    "Python": repr,
    "fenced": lambda value: f"```json\n{json.dumps(value, indent=2)}\n```",
    "fenced without a language": lambda value: f"  ```\n{json.dumps(value)}```  ",
    "Python, fenced": lambda value: f"```python\n{value!r}\n```",
    "quoted twice": lambda value: json.dumps(json.dumps(value)),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("place", ["result", "structured_data", "data"])
def test_a_result_may_be_written_as_models_and_workers_write_it(write: Callable[[Any], str], place: str) -> None:
    found: dict[str, Any] = {"hq": "Reno's “north”", "ceo": None}
    whole: dict[str, Any] = {"structured_data": found, "notes": "n"}
    raw: Any = {
        "result": write(whole),
        "structured_data": whole | {"structured_data": write(found)},
        "data": {"data": write(whole)},
    }[place]

    reading: Any = read_result(QUESTION, raw)
    assert (reading.no_answer, reading.value["structured_data"]) == (None, found)


@pytest.mark.parametrize(
    "text", ["```", "``` ```", "[not disclosed]", "{hq}", "```\nnothing found\n```", "{'hq': None}", "['"]
)
def test_a_text_that_holds_no_answer_is_none(text: str) -> None:
    assert read_result(QUESTION, text).no_answer
