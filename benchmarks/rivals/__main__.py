"""Run one program in this process, and print what it found and took as JSON: ``python -m benchmarks.rivals NAME TASK``.

Processor time is that of the whole process, its imports included.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.rivals import Record, Task

_KIB = 1024


def peak_mib() -> float:
    """Return the most memory that this process has held."""
    with suppress(OSError):  # getrusage would count what the parent held before exec
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / _KIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KIB / (_KIB if sys.platform == "darwin" else 1)


def main(name: str, task: Task) -> None:
    """Run a program."""
    program, record = importlib.import_module(f"benchmarks.rivals.{name}"), Record()
    program.run(task, record)
    ended = time.monotonic()
    found = {
        "ended": ended,
        "answers": record.answers,
        "failures": record.failures,
        "in_doubt": record.in_doubt,
        "cpu": time.process_time(),
        "memory": peak_mib(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Task(**json.loads(sys.argv[2])))
