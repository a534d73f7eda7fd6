"""Child process of `serving.process`: reads one line of JSON, prints its URL, and exits when its input closes.

To run it by hand::

    echo '{"settings": {"speed": 60}, "port": 8064}' | cat - /dev/tty | python -m sixtyfour_async.simulator
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading

from sixtyfour_async.simulator.base.settings import SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve_until
from sixtyfour_async.simulator.serving.simulator import Simulator

_STDIN_FD = 0


def _read_first_line() -> bytes:
    # One byte at a time, so that nothing after the line is consumed.
    line = b""
    while not line.endswith(b"\n") and (more := os.read(_STDIN_FD, 1)):
        line += more
    return line


def _print_url(url: str) -> None:
    sys.stdout.write(url + "\n")
    sys.stdout.flush()


async def _serve(simulator: Simulator, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # asyncio has no signal handlers on Windows
        loop.add_signal_handler(signal.SIGTERM, stop.set)

    def watch_input() -> None:
        while os.read(_STDIN_FD, 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch_input, daemon=True).start()
    await serve_until(simulator, "127.0.0.1", port, _print_url, stop)


def main() -> None:
    """Read the configuration from standard input and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    config = json.loads(_read_first_line() or b"{}")
    settings = SimulatorSettings.from_json(config.get("settings", {}))
    asyncio.run(_serve(Simulator(settings), config.get("port", 0)))


if __name__ == "__main__":
    main()
