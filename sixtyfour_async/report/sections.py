"""The sections of the page about rows and money."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from sixtyfour_async._scheduling.row_states import OPEN
from sixtyfour_async.report.causes import Cause, Sample
from sixtyfour_async.report.charts import bar
from sixtyfour_async.report.coverage import FieldCoverage
from sixtyfour_async.report.labels import REMEDIES, STATE_LABELS
from sixtyfour_async.report.markup import Child, Html, data, element, markup, text
from sixtyfour_async.report.summary import ROW_STATES, Summary, cut
from sixtyfour_async.report.wording import NONE, amount, dollars, moment, percent, row_count

MAX_FIELDS_SHOWN: Final = 60
MAX_KINDS_SHOWN: Final = 40
MAX_CAUSES_SHOWN: Final = 40
MAX_NAME: Final = 80

TONES: Final[Mapping[str, str]] = {
    "completed": "good",
    "no_answer": "fine",
    "unmatched": "fine",
    "unreadable": "fine",
    "failed": "bad",
    "cancelled": "bad",
    "accepted": "idle",
    "lost": "doubt",
    "unknown": "doubt",
    "intended": "doubt",
    "released": "idle",
}
"""State → its colour."""


def section(heading: str, *children: Child) -> Html:
    """Return a section with its heading in the margin."""
    return element("section", element("h2", heading), element("div", *children))


def table(
    head: Sequence[Child], body: Sequence[Sequence[Child]], foot: Sequence[Child] = (), *, names: int = 1
) -> Html:
    """Return a table whose first *names* columns are text, and all others figures."""

    def row(cells: Sequence[Child], tag: str) -> Html:
        return element(
            "tr",
            [
                element("th" if place == 0 else tag, cell, class_="n" if place >= names else None)
                for place, cell in enumerate(cells)
            ],
        )

    return element(
        "div",
        element(
            "table",
            element("thead", row(head, "th")),
            element("tbody", [row(cells, "td") for cells in body]),
            element("tfoot", row(foot, "td")) if foot else None,
        ),
        class_="scroll",
    )


def figures(*pairs: tuple[str, str, str]) -> Html:
    """Return large figures: name, value, and what it means."""
    return element(
        "dl",
        [
            element("div", element("dt", name), element("dd", value, element("small", note) if note else None))
            for name, value, note in pairs
        ],
        class_="figures",
    )


def outcome_section(summary: Summary) -> Html:
    """Return what became of the rows."""
    states = {state: number for state, number in summary.states.items() if state in ROW_STATES}
    whole = sum(states.values())
    answered = states.get("completed", 0)
    each = f"{summary.spent_cents / answered:.1f} cents an answer" if answered else "no answers"
    doubtful = summary.rows_in(*OPEN)
    return section(
        "Outcome",
        figures(
            ("rows", f"{whole:,}", ""),
            ("answered", f"{answered:,}", percent(answered / whole) if whole else ""),
            ("spent", dollars(summary.spent_cents), each),
            ("in doubt", dollars(summary.exposed_cents), f"{row_count(doubtful)} whose end is not known"),
        ),
        element(
            "div",
            [element("span", class_=TONES[state], style=f"flex:{number}") for state, number in states.items()],
            class_="share",
            aria_hidden="true",
        ),
        table(
            ("what became of a row", "rows", "share"),
            [
                (
                    markup(element("span", class_=f"key {TONES[state]}"), STATE_LABELS[state]),
                    f"{number:,}",
                    percent(number / whole),
                )
                for state, number in states.items()
            ],
        ),
        _tallies(summary),
    )


def _tallies(summary: Summary) -> Html | None:
    counted = [(state, number) for state, number in summary.states.items() if state not in ROW_STATES]
    if not counted:
        return None
    listed = "; ".join(f"{STATE_LABELS[state]}: {number:,}" for state, number in counted)
    return element("p", f"Counted besides: {listed}.", class_="note")


def coverage_section(summary: Summary) -> Html:
    """Return what was asked for, and how often it was found."""
    shown = summary.fields[:MAX_FIELDS_SHOWN]
    parts: list[Html] = []
    for operation, fields in groupby(shown, key=lambda field: field.operation):
        parts += [
            element("h3", data(cut(operation, MAX_NAME))),
            table(("field", "", "found", "asked", "share"), [_field_row(field) for field in fields], names=2),
        ]
    left = len(summary.fields) - len(shown)
    notes = [f"{left:,} more fields are in the JSON report."] if left else []
    if summary.fields_left_out:
        notes.append("There are more fields than are counted.")
    if not shown:
        notes.append("No job has completed yet.")
    return section("Asked and found", parts, [element("p", note, class_="note") for note in notes])


def _field_row(field: FieldCoverage) -> tuple[Child, ...]:
    described = element("span", data(cut(field.description, MAX_NAME)), class_="note") if field.description else None
    name = markup(data(cut(field.name, MAX_NAME)), element("br") if described else None, described)
    drawn = element("div", bar(field.share), class_="bar")
    return name, drawn, f"{field.found:,}", f"{field.asked:,}", percent(field.share)


MONEY: Final = {
    "charged_cents": ("charged", "as the service stated it"),
    "unstated_cents": ("not stated", "counted as spent, because the service named no charge"),
    "exposed_cents": ("in doubt", "for rows that may have been, or may still be, billed"),
    "saved_cents": ("saved", "duplicates, and rows answered from the journal"),
}
"""Sum of a `Kind` → its column, and what that means."""


def cost_section(summary: Summary) -> Html:
    """Return what it cost, by operation and tier; sums that are zero throughout are left out."""
    sums = [name for name in MONEY if name == "charged_cents" or any(getattr(kind, name) for kind in summary.kinds)]
    shown = sorted(summary.kinds, key=lambda kind: -kind.spent_cents)[:MAX_KINDS_SHOWN]
    body = [
        (
            data(cut(kind.variant or NONE, MAX_NAME)),
            f"{kind.rows:,}",
            f"{kind.answered:,}",
            *(amount(getattr(kind, name)) for name in sums),
            f"{kind.spent_cents / kind.answered:.1f} ¢" if kind.answered else NONE,
        )
        for kind in shown
    ]
    foot = (
        "total",
        f"{sum(kind.rows for kind in summary.kinds):,}",
        f"{sum(kind.answered for kind in summary.kinds):,}",
        *(amount(sum(getattr(kind, name) for kind in summary.kinds)) for name in sums),
        "",
    )
    left = len(summary.kinds) - len(shown)
    notes = [f"{MONEY[name][0].capitalize()}: {MONEY[name][1]}." for name in sums]
    notes += [f"{left:,} more kinds are in the JSON report."] if left else []
    return section(
        "Cost",
        table(("kind", "rows", "answers", *(MONEY[name][0] for name in sums), "an answer"), body, foot),
        element("p", " ".join(notes), class_="note"),
    )


def causes_section(summary: Summary, journal: str, samples: int) -> Html | None:
    """Return why rows have no answer, though their end is known."""
    causes = [cause for cause in summary.causes if cause.state not in OPEN]
    if not causes:
        return None
    return section("Without an answer", _listed(causes, journal, samples))


def doubt_section(summary: Summary, journal: str, samples: int) -> Html | None:
    """Return the rows whose end is not known, with the money that may have been spent on them."""
    causes = [cause for cause in summary.causes if cause.state in OPEN]
    if not causes:
        return None
    whole = sum(cause.rows for cause in causes)
    exposed = sum(cause.exposed_cents for cause in causes)
    intro = element(
        "p",
        f"{row_count(whole)} with ",
        element("strong", dollars(exposed), class_="doubtful"),
        " set aside for them: what they may have cost, or may still cost. A cap counts it as spent.",
    )
    return section("In doubt", intro, _listed(causes, journal, samples))


def _listed(causes: Sequence[Cause], journal: str, samples: int) -> Html:
    shown = causes[:MAX_CAUSES_SHOWN]
    left = causes[MAX_CAUSES_SHOWN:]
    more = f"{len(left):,} more causes with {row_count(sum(cause.rows for cause in left))} are in the JSON report."
    return markup(
        [_cause(cause, journal, samples) for cause in shown], element("p", more, class_="note") if left else None
    )


def _cause(cause: Cause, journal: str, samples: int) -> Html:
    money = [f"{dollars(cause.exposed_cents)} in doubt"] if cause.exposed_cents else []
    money += [f"{dollars(cause.spent_cents)} spent"] if cause.spent_cents else []
    head = element(
        "summary",
        element("span", f"{cause.rows:,}", class_="count"),
        element(
            "span",
            data(cut(cause.text, 300)),
            element("span", ", ".join([STATE_LABELS[cause.state], *money]), class_="what"),
            class_="cause",
        ),
    )
    return element("details", head, element("div", _remedy(cause, journal), _samples(cause, samples), class_="inside"))


def _remedy(cause: Cause, journal: str) -> Html | None:
    words = REMEDIES.get(cause.state)
    if words is None:
        return None
    named = text(shlex.quote(journal))
    parts = [Html(named.join(text(part) for part in word.split("{journal}"))) for word in words.split("`")]
    return element("p", [element("code", part) if place % 2 else part for place, part in enumerate(parts)])


def _samples(cause: Cause, most: int) -> Html | None:
    shown = cause.samples[:most]
    left = cause.rows - len(shown)
    if not shown:
        return element("p", "The page has no room for its rows; they are in the JSON report.", class_="note")
    return element(
        "div",
        table(("row", "what it was about", "its own words"), [_sample_row(sample) for sample in shown], names=3),
        element("p", f"and {row_count(left)} more", class_="note") if left else None,
        class_="rows",
    )


def _sample_row(sample: Sample) -> tuple[Child, ...]:
    facts = [f"sent {moment(sample.sent_at)}", *([f"job {cut(sample.job_id, MAX_NAME)}"] if sample.job_id else [])]
    return (
        element("code", data(sample.key)),
        markup(data(sample.subject), element("br"), element("span", ", ".join(facts), class_="note")),
        data(sample.error) if sample.error else NONE,
    )
