"""What a traceback with locals shows of an error: every frame of this package, and all of its causes."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import sixtyfour_async
from sixtyfour_async import SixtyfourError

PACKAGE = str(Path(sixtyfour_async.__file__).parent)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its causes and its contexts, and what groups among them hold."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def shown_by(error: BaseException | None) -> str:
    """Return everything that a log could show of an error, with the locals of our own frames."""
    texts: list[str] = []
    for one in chain(error):
        texts += [f"{one} {one!r}"]
        summary = traceback.TracebackException.from_exception(one, capture_locals=True)
        ours = [frame for frame in summary.stack if frame.filename.startswith(PACKAGE)]
        texts += [f"{frame.filename} {frame.locals}" for frame in ours]
        request = vars(one).get("_request")
        if request is not None:
            texts.append(f"{request.url} {request.headers.raw} {request!r}")
        if isinstance(one, SixtyfourError):
            texts.append(pickle.dumps(one).decode("latin-1") + str(vars(one)))
    return "\n".join(texts)
