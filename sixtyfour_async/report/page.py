"""The report as one HTML file: no network, no script, and small whatever the journal holds."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from sixtyfour_async.report.markup import Child, Html, data, element, markup
from sixtyfour_async.report.pace import pace_section, requests_section
from sixtyfour_async.report.sections import (
    causes_section,
    cost_section,
    coverage_section,
    doubt_section,
    outcome_section,
)
from sixtyfour_async.report.summary import Summary, cut
from sixtyfour_async.report.wording import moment

MAX_BYTES: Final = 490_000
"""Size of a page: what a browser opens at once and a mail takes along."""

SAMPLES: Final = (25, 12, 5, 2, 0)
"""Rows shown behind each cause: as many as leave the page small enough."""

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What the page may load or run: nothing but its own style."""


def page(summary: Summary, *, journal: str) -> bytes:
    """Return the page, UTF-8.

    Args:
        summary: What it shows.
        journal: The journal's name, as commands name it.
    """
    content = b""
    for samples in SAMPLES:
        content = _page(summary, journal, samples).encode("utf-8", "replace")
        if len(content) <= MAX_BYTES:
            break
    return content


def _page(summary: Summary, journal: str, samples: int) -> Html:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name_="color-scheme", content="light dark"),
        element("title", f"Run report: {cut(journal, 100)}"),
        Html(f"<style>{_style()}</style>"),
    )
    body = element(
        "main",
        _header(summary, journal),
        outcome_section(summary),
        coverage_section(summary),
        cost_section(summary),
        doubt_section(summary, journal, samples),
        causes_section(summary, journal, samples),
        pace_section(summary),
        requests_section(summary),
        _footer(journal),
    )
    return markup(Html("<!doctype html>\n"), element("html", head, element("body", body), lang="en"), "\n")


@cache
def _style() -> str:
    return resources.files("sixtyfour_async.report").joinpath("report.css").read_text("utf-8")


def _header(summary: Summary, journal: str) -> Html:
    operation = summary.purpose.get("operation")
    service = summary.purpose.get("service", "")
    facts: list[Child] = [element("code", data(cut(journal, 200)))]
    facts += [markup(" · ", data(cut(word, 100))) for word in (operation, service) if word]
    span = f"Sent from {moment(summary.first_sent)}, last changed {moment(summary.last_changed)}."
    return element(
        "header",
        element("h1", "Run report"),
        element("p", facts),
        element("p", span if summary.first_sent else "Nothing was sent yet.", class_="soft"),
        [element("p", warning, class_="alert") for warning in _warnings(summary, service)],
    )


def _warnings(summary: Summary, service: str) -> list[str]:
    warnings: list[str] = []
    if service == "simulator":
        warnings.append("A rehearsal on the simulator: no money was spent, and answers may be made up.")
    if summary.doubt:
        warnings.append(f"This journal {summary.doubt}. A run on it submits nothing before that is decided.")
    if summary.deliveries:
        warnings.append(f"Webhook deliveries that belong to no row: {summary.deliveries:,}.")
    return warnings


def _footer(journal: str) -> Html:
    return element(
        "footer",
        "Made by ",
        element("code", f"sixtyfour report {cut(journal, 200)}"),
        ". It holds what was asked about people; keep it as you keep the journal. Times are in UTC, by the clock of "
        "the machine that ran.",
    )
