"""Find the route of a path: static paths in a dictionary, the others by first segment and number of segments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sixtyfour_async.simulator.base.error_responses import RouteGroup
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.service import Service

Handler = Callable[[Service, Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table. A *public* route needs no authentication."""

    method: str
    path: str
    handler: Handler
    group: RouteGroup = "account"
    public: bool = False


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A path pattern and its routes by method."""

    segments: tuple[str, ...]
    by_method: dict[str, Route] = field(default_factory=dict[str, Route])

    def matches(self, segments: tuple[str, ...]) -> bool:
        """Return whether a path of the same length matches; a ``{parameter}`` matches any non-empty segment."""
        pairs = zip(self.segments, segments, strict=True)
        return all(name == value or (name.startswith("{") and value) for name, value in pairs)

    def params(self, segments: tuple[str, ...]) -> dict[str, str]:
        """Return the parameters of a matching path."""
        pairs = zip(self.segments, segments, strict=True)
        return {name[1:-1]: value for name, value in pairs if name.startswith("{")}


class Router:
    """All path patterns of a route table."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._static: dict[tuple[str, ...], PathPattern] = {}
        self._parameterized: dict[tuple[str, int], list[PathPattern]] = {}
        for route in routes:
            self._pattern(tuple(route.path.split("/"))).by_method[route.method] = route

    def _pattern(self, segments: tuple[str, ...]) -> PathPattern:
        if not any(segment.startswith("{") for segment in segments):
            return self._static.setdefault(segments, PathPattern(segments))
        candidates = self._parameterized.setdefault((segments[1], len(segments)), [])
        known = [pattern for pattern in candidates if pattern.segments == segments]
        if not known:
            candidates.append(PathPattern(segments))
        return (known or candidates[-1:])[0]

    def find(self, path: str) -> tuple[Mapping[str, Route], Mapping[str, str]]:
        """Return the routes of a path by method, empty if it is unknown, and its parameters."""
        segments = tuple(path.split("/"))
        if (pattern := self._static.get(segments)) is not None:
            return pattern.by_method, {}
        for pattern in self._parameterized.get((segments[1] if len(segments) > 1 else "", len(segments)), ()):
            if pattern.matches(segments):
                return pattern.by_method, pattern.params(segments)
        return {}, {}
