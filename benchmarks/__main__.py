"""Answer a question about speed, cost or waiting, with a table, a plot and JSON.

python -m benchmarks                     the questions
python -m benchmarks NAME [--quick]      answers one
python -m benchmarks all --quick         answers all of them, in a few minutes
python -m benchmarks.versions FOLDER     this scheduler beside that of another checkout
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.questions import QUESTIONS, answer, parts_of, seeds_for, takes_rows
from benchmarks.results.files import document, write
from benchmarks.results.text import report_lines


def run(name: str, options: argparse.Namespace) -> None:
    """Answer one question: print the tables, and write the files."""
    quick, asks = bool(options.quick), QUESTIONS[name].asks
    seeds = seeds_for(name, quick=quick, number=options.seeds)
    print(f"\n{name}: {asks}", flush=True)
    began, cpu = time.perf_counter(), sum(os.times()[:4])  # with that of other processes, once they have ended
    report = answer(name, quick=quick, seeds=seeds, only=options.only, rows=options.rows or 0)
    took, used = time.perf_counter() - began, sum(os.times()[:4]) - cpu
    found = document(name, asks, report, quick=quick, seeds=seeds)
    print("\n".join(circumstances(found)))
    print("\n".join(report_lines(report)))
    files = write(options.out, found, report)
    print(f"\n{took:.0f} s ({used:.0f} s of CPU); {files[0]} and {len(files) - 1} SVG", flush=True)


def circumstances(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield under which circumstances something was found."""
    what = ", ".join(f"{key} {value:,g}" for key, value in found["n"].items())
    yield f"{what}; seeds {', '.join(map(str, found['seeds']))}; {found['date']}"
    where, versions = found["machine"], found["versions"]
    load = "" if where["load"] is None else f", load {where['load']:.1f}"
    yield f"{where['processor']}, {where['cores']} cores{load}; Python {versions['python']}, {versions.get('commit')}"


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="?", choices=[*QUESTIONS, "all"], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="fewer rows and seeds; the ratios are rougher")
    parser.add_argument("--seeds", type=int, metavar="N", help="number of seeds, or of rounds where nothing is random")
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="one part of it; repeatable")
    parser.add_argument("--rows", type=int, metavar="N", help="rows of each list")
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"), metavar="FOLDER")
    options = parser.parse_args(arguments)
    if options.seeds is not None and options.seeds < 1:
        parser.error(f"--seeds {options.seeds}: at least one")
    if options.rows is not None and options.rows < 1:
        parser.error(f"--rows {options.rows}: at least one")
    if options.rows and not (options.name in QUESTIONS and takes_rows(options.name)):
        able = ", ".join(name for name in QUESTIONS if takes_rows(name))
        parser.error(f"--rows {options.rows}: only with one of {able}")
    if options.only:
        parts = parts_of(options.name) if options.name in QUESTIONS else ()
        unknown = [part for part in options.only if part not in parts]
        if unknown:
            parser.error(f"--only {unknown[0]!r}: choose from {', '.join(map(repr, parts)) or 'nothing'}")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """List the questions, or answer one or all."""
    options = parse(arguments)
    if options.name is None:
        for name, question in QUESTIONS.items():
            print(f"{name:<13}{question.asks}")
        return
    began, names = time.perf_counter(), list(QUESTIONS) if options.name == "all" else [options.name]
    for name in names:
        run(name, options)
    if len(names) > 1:
        print(f"\nall {len(names)}: {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
