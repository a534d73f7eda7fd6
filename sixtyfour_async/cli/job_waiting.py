"""Wait for jobs by their ids."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import anyio

from sixtyfour_async.cli.asking import Asking, print_json
from sixtyfour_async.cli.calling import asking
from sixtyfour_async.cli.console import output_is_closed
from sixtyfour_async.cli.exit_codes import ExitCode
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.errors import InputError, JobError
from sixtyfour_async.operations import REGISTRY, JobOperation


def wait_for_jobs(ids: Sequence[str], name: str, deadline: float | None, options: Mapping[str, Any]) -> None:
    """Poll jobs until they have ended, print their answers, and exit with the code for how they ended.

    Raises:
        InputError: The operation is none that runs as a job.
    """
    kind = _kind(name)
    with asking(options, is_job=False) as asked:
        sys.exit(anyio.run(_wait, asked, kind, ids, deadline))


def _kind(name: str) -> type[JobOperation[Any]]:
    found = REGISTRY.get(name)
    if found is not None and issubclass(found, JobOperation):
        return found
    known = [each for each, operation in REGISTRY.items() if issubclass(operation, JobOperation)]
    near = get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
    raise InputError(f"--operation {name!r} is no operation that runs as a job", remedy=remedy)


async def _wait(asked: Asking, kind: type[JobOperation[Any]], ids: Sequence[str], deadline: float | None) -> int:
    code = 0
    async with asked.client() as client:
        for job_id in ids:
            if output_is_closed():
                return ExitCode.REFUSED
            try:
                answer = await client.job(kind, job_id).answer(deadline)
            except JobError as error:
                say(f"sixtyfour: {job_id}: {error}", err=True)
                code = ExitCode.INCOMPLETE
                continue
            if len(ids) == 1:
                print_json(answer.raw)
            else:
                say(json.dumps({"job_id": job_id, "answer": answer.raw}, ensure_ascii=False))
    return code
