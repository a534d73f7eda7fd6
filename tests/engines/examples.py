"""Run a program of the guide that needs an engine, as it stands, over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sixtyfour_async
from tests.cli.conftest import ROOT, Service

EXAMPLES = Path(sixtyfour_async.__file__).parent / "guide" / "examples"


def run(service: Service, folder: Path, name: str, *arguments: str, **environment: str) -> str:
    """Run an example as a program and return what it printed."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=folder,
        env=os.environ | service.exports | {"PYTHONPATH": ROOT} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
