"""The sections of the page about time: pace, lag, and requests against the limit."""

from __future__ import annotations

from typing import Final

from sixtyfour_async.report.charts import Curve, plot, round_up
from sixtyfour_async.report.markup import Child, Html, element
from sixtyfour_async.report.sections import figures, section, table
from sixtyfour_async.report.summary import REQUESTS_PER_MINUTE, Summary
from sixtyfour_async.report.timeline import MINUTE_SECONDS, Sitting, quantile, total
from sixtyfour_async.report.wording import NONE, clock_of, duration, moment_of, row_count

MAX_COLUMNS: Final = 120
"""Columns of a plot."""

MAX_SITTINGS_SHOWN: Final = 20


def pace_section(summary: Summary) -> Html:
    """Return how fast rows ended, and how long an answer took, over time."""
    sittings = list(summary.timeline.sittings())
    if not sittings:
        return section("Pace and lag", element("p", "Nothing was sent yet.", class_="note"))
    longest = max(sittings, key=lambda sitting: total(sitting.moments).ended)
    agree = summary.timeline.clocks_agree
    return section(
        "Pace and lag",
        _sittings(sittings, agree=agree) if len(sittings) > 1 else None,
        element("p", f"Plotted: the one from {moment_of(longest.start)}, in which most rows ended.", class_="note")
        if len(sittings) > 1
        else None,
        _pace(longest.columns(MAX_COLUMNS)),
        _waiting(longest.columns(MAX_COLUMNS), agree=agree),
        element("p", _lag_note(agree=agree), class_="note"),
    )


def _sittings(sittings: list[Sitting], *, agree: bool) -> Html:
    body: list[tuple[Child, ...]] = []
    for sitting in sittings[-MAX_SITTINGS_SHOWN:]:
        whole = total(sitting.moments)
        body.append(
            (
                moment_of(sitting.start),
                duration(sitting.seconds),
                f"{whole.sent:,}",
                f"{whole.ended:,}",
                f"{whole.ended / max(1.0, sitting.seconds / MINUTE_SECONDS):,.0f}",
                duration(quantile(whole.waits, 0.5)),
                duration(quantile(whole.idle, 0.5)) if agree else NONE,
            )
        )
    left = len(sittings) - len(body)
    head = ("begun", "took", "sent", "ended", "a minute", "to an answer", "not running")
    more = element("p", f"and {left:,} earlier ones", class_="note") if left else None
    return element("div", table(head, body), more)


def _pace(sitting: Sitting) -> Html:
    """Return the plot of rows that ended and submits, a minute."""
    minutes = sitting.width / MINUTE_SECONDS
    ended = [moment.ended / minutes for moment in sitting.moments]
    submits = [moment.submits / minutes for moment in sitting.moments]
    highest = round_up(max([*ended, *submits]))
    return plot(
        title="Rows a minute",
        top=f"{highest:,.0f}",
        highest=highest,
        bars=Curve("ended", "fine", ended),
        curves=[Curve("submits", "good", submits)],
        axis=_axis(sitting),
    )


def _waiting(sitting: Sitting, *, agree: bool) -> Html:
    """Return the plot of the time to an answer."""
    curves = [
        Curve("time to an answer, nine in ten", "fine", [quantile(one.waits, 0.9) for one in sitting.moments]),
        Curve("time to an answer, median", "good", [quantile(one.waits, 0.5) for one in sitting.moments]),
    ]
    if agree:
        curves.append(Curve("of it not running, median", "doubt", [quantile(one.idle, 0.5) for one in sitting.moments]))
    highest = round_up(max((value for curve in curves for value in curve.values if value), default=1.0))
    return plot(
        title="Time from submit to recorded answer",
        top=duration(highest),
        highest=highest,
        bars=None,
        curves=curves,
        axis=_axis(sitting),
    )


def _axis(sitting: Sitting) -> tuple[str, ...]:
    middle, end = sitting.start + sitting.seconds / 2, sitting.start + sitting.seconds
    return (moment_of(sitting.start), clock_of(middle), clock_of(end))


def _lag_note(*, agree: bool) -> str:
    if agree:
        return (
            "Not running: the time to an answer less the run time that the service states. In it a row was on its way, "
            "waited to start, or was finished and unseen, so it is the most that the lag can be."
        )
    return (
        "The service states no run times, or its clock disagrees with this machine's, as a fast simulator's does: how "
        "long a finished answer lay unseen is not known."
    )


def requests_section(summary: Summary) -> Html:
    """Return the requests that the journal knows of, against the limit."""
    whole = total(moment for sitting in summary.timeline.sittings() for moment in sitting.moments)
    busiest = summary.timeline.busiest_minute()
    share = ""
    if summary.timeline.runs_fast:
        share = "by this machine's clock; the service's ran faster"
    elif busiest is not None:
        share = f"{100 * busiest / REQUESTS_PER_MINUTE:.0f} % of {REQUESTS_PER_MINUTE}"
    return section(
        "Requests",
        figures(
            ("submits", f"{whole.submits:,}", f"for {row_count(whole.sent)}"),
            ("busiest minute", "not known" if busiest is None else f"{busiest:,}", share),
        ),
        element(
            "p",
            f"A key may make {REQUESTS_PER_MINUTE} requests a minute unless the service says otherwise. The journal "
            "records what was sent last for each row. It does not record polls, earlier submits of a row, refusals "
            "(429), calls outside of it, or a limit that the service lowered: these figures are the least "
            "that was used.",
            class_="note",
        ),
    )
