"""Two versions of the scheduler are compared at equal lag, and one with itself is as fast as itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import versions
from benchmarks.results import Spread
from benchmarks.results.text import WIDTH, report_lines
from benchmarks.versions import Point, at_mean_lag

ROOT = Path(__file__).parents[2]


def point(per_minute: float, mean_lag: float) -> Point:
    return Point(per_minute, mean_lag, mean_lag, 2 * mean_lag, 1.0)


@pytest.mark.parametrize(
    ("mean_lag", "expected"),
    [(1.0, (100.0, 4.0)), (2.0, (100.0, 4.0)), (4.0, (110.0, 10.0)), (8.0, (120.0, 16.0)), (99.0, (120.0, 16.0))],
)
def test_a_curve_is_interpolated_between_its_points_and_kept_beyond(
    mean_lag: float, expected: tuple[float, float]
) -> None:
    assert at_mean_lag([point(120.0, 8.0), point(100.0, 2.0)], mean_lag) == pytest.approx(expected)


def test_a_version_is_as_fast_as_itself() -> None:
    report = versions.compare(ROOT, ["low, documented"], 12, [2])
    _, pace, p95, *_ = report.tables[0].rows[0]

    assert isinstance(pace, Spread)
    assert isinstance(p95, Spread)
    assert pace.median == pytest.approx(1.0)
    assert p95.median == pytest.approx(1.0)
    assert max(map(len, report_lines(report))) <= WIDTH


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        versions.main([str(tmp_path)])

    assert "not a checkout" in capsys.readouterr().err
