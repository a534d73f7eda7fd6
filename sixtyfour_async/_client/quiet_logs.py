"""The logs of the HTTP libraries, without secrets.

httpx logs the URL of every request at INFO, a signed link's signature included. httpcore logs response headers at
DEBUG, such as the ``Location`` of a redirect to such a link; hpack logs request headers. The records of this package's
own requests are redacted before any handler sees them: secrets, and whatever follows a ``?``. Records of an
application's other requests are left alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextvars import ContextVar

from sixtyfour_async._client.secret import Secret, redact

LOGGERS = (
    "httpx",
    "httpx2",
    *(f"{core}.{part}" for core in ("httpcore", "httpcore2") for part in ("connection", "http11", "http2", "proxy")),
    "httpcore.socks",
    "httpcore2.socks",
    "hpack.hpack",
    "hpack.table",
)

_QUERY = re.compile(r"""\?[^\s"'<>)\]}]+""")

_secrets: ContextVar[Sequence[Secret] | None] = ContextVar("secrets of the request that is being sent", default=None)


def redact_record(record: logging.LogRecord) -> bool:
    """Redact a record that concerns a request of ours; a filter that lets every record pass."""
    secrets = _secrets.get()
    if secrets is not None:
        record.msg, record.args = _QUERY.sub("?[redacted]", redact(secrets, record.getMessage())), ()
    return True


class quiet_logs:  # noqa: N801 (a context manager, as contextlib names its own)
    """Redact what the libraries log in this task meanwhile."""

    __slots__ = ("_given", "_token")

    def __init__(self, secrets: Sequence[Secret]) -> None:
        self._given = secrets

    def __enter__(self) -> None:
        self._token = _secrets.set(self._given)

    def __exit__(self, *_: object) -> None:
        _secrets.reset(self._token)


for _name in LOGGERS:
    logging.getLogger(_name).addFilter(redact_record)
