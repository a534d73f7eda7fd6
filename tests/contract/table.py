"""The service's operations by its documentation: `operations.json`, transcribed independently of this package.

Each line is one route. A parameter or body field is ``name: type``, ``name*`` where it is required; types are JSON's,
with the allowed range of lengths, counts or values in brackets, or the allowed strings separated by bars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLACES = ("query", "header", "body")


@dataclass(frozen=True)
class Field:
    """The values that one parameter or body field may have."""

    name: str
    required: bool
    kind: str
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None

    @classmethod
    def parse(cls, name: str, text: str) -> Field:
        plain = re.fullmatch(r"(\w+)(?:\[(\d*)\.\.(\d*)\])?", text)
        kinds = {"any", "array", "boolean", "file", "integer", "object", "string"}
        bare, required = name.removesuffix("*"), name.endswith("*")
        if plain is None or plain[1] not in kinds:
            return cls(bare, required, "string", choices=tuple(text.split("|")))
        return cls(bare, required, plain[1], (), *(int(limit) if limit else None for limit in plain.group(2, 3)))

    def fault(self, value: Any) -> str | None:
        """Return what makes a value invalid for the service, or None if it is valid."""
        sized: Any = value
        types: Mapping[str, type | tuple[type, ...]] = {
            "array": list,
            "boolean": bool,
            "integer": int,
            "object": dict,
            "string": str,
        }
        if self.kind in types and not isinstance(value, types[self.kind]):
            return f"{self.name} is {value!r}, not of type {self.kind}"
        if self.choices and value not in self.choices:
            return f"{self.name} is {value!r}, not one of {self.choices}"
        size: int = sized if self.kind == "integer" else len(sized) if self.kind in types.keys() - {"boolean"} else 0
        if not (self.low or 0) <= size <= (self.high or size):
            return f"{self.name} has size {size}"
        return None


@dataclass(frozen=True)
class Entry:
    """One route."""

    route: str
    standing: str
    kind: str
    keyless: bool
    events: bool
    places: Mapping[str, Mapping[str, Field]]

    @property
    def path_fields(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.route)

    def fields(self) -> Iterator[Field]:
        for place in PLACES:
            yield from self.places[place].values()


def _entry(line: Mapping[str, Any]) -> Entry:
    places = {
        place: {one.name: one for one in (Field.parse(*pair) for pair in line.get(place, {}).items())}
        for place in PLACES
    }
    return Entry(
        route=line["route"],
        standing=line["standing"],
        kind=line.get("kind", "json"),
        keyless=line.get("keyless", False),
        events=line.get("events", False),
        places=places,
    )


LINES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("operations.json").read_text("utf-8"))
TABLE: Mapping[str, Entry] = {line["route"]: _entry(line) for line in LINES}
