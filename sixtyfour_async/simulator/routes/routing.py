"""Finds the route of a path: fixed paths at once, the others by their first word and their length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sixtyfour_async.simulator.base.refusal import Group
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.world import World

Handler = Callable[[World, Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of routes. A *public* one is answered without a key."""

    method: str
    path: str
    handler: Handler
    group: Group = "account"
    public: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A path, and its routes by method."""

    words: tuple[str, ...]
    by_method: dict[str, Route] = field(default_factory=dict[str, Route])

    def fits(self, words: tuple[str, ...]) -> bool:
        """Say whether a path of the same length is one of this place; a ``{parameter}`` takes any word but none."""
        pairs = zip(self.words, words, strict=True)
        return all(mine == theirs or (mine.startswith("{") and theirs) for mine, theirs in pairs)

    def params(self, words: tuple[str, ...]) -> dict[str, str]:
        """Read the parameters out of a path."""
        pairs = zip(self.words, words, strict=True)
        return {mine[1:-1]: theirs for mine, theirs in pairs if mine.startswith("{")}


class Routing:
    """All places of a table."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fixed: dict[tuple[str, ...], Place] = {}
        self._open: dict[tuple[str, int], list[Place]] = {}
        for route in routes:
            self._place(tuple(route.path.split("/"))).by_method[route.method] = route

    def _place(self, words: tuple[str, ...]) -> Place:
        if not any(word.startswith("{") for word in words):
            return self._fixed.setdefault(words, Place(words))
        near = self._open.setdefault((words[1], len(words)), [])
        known = [place for place in near if place.words == words]
        if not known:
            near.append(Place(words))
        return (known or near[-1:])[0]

    def find(self, path: str) -> tuple[Mapping[str, Route], Mapping[str, str]]:
        """Give the routes of a path by method, none when there is no such path, and the path's parameters."""
        words = tuple(path.split("/"))
        if (place := self._fixed.get(words)) is not None:
            return place.by_method, {}
        for place in self._open.get((words[1] if len(words) > 1 else "", len(words)), ()):
            if place.fits(words):
                return place.by_method, place.params(words)
        return {}, {}
