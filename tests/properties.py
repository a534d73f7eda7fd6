"""How many examples a property is tried on: by default two fifths of its number, all of them in the long run.

The long run is ``--hypothesis-profile=thorough``; `tests.conftest` loads the other profile before any test is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, settings

THOROUGH = settings(max_examples=100, deadline=None)
BRIEF = settings(max_examples=40, deadline=None)


def register_profiles() -> None:
    settings.register_profile("thorough", THOROUGH)
    settings.register_profile("brief", BRIEF)
    settings.load_profile("brief")


def examples(thorough: int, *, suppress_health_check: Sequence[HealthCheck] = ()) -> settings:
    """Return settings for so many examples in the long run, and its share of them in the profile that is loaded."""
    count = thorough * settings().max_examples // THOROUGH.max_examples
    return settings(max_examples=count, suppress_health_check=suppress_health_check)
