"""Resumable downloads of signed links.

The bytes go to ``NAME.part``, which is renamed to ``NAME`` only when it is complete: nobody ever sees half a file under
its final name. Beside it lies ``NAME.part.version`` with the ETag of the content. A later attempt, in this process or
another, sends that ETag as ``If-Range`` and gets either the rest of the same content or the whole of the new one. A
part without an ETag cannot be continued safely, so it is removed.

`_wire.ranges` decides what each response means; here is what it takes to carry that out.
"""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import anyio

from sixtyfour_async._client.clock import Clock
from sixtyfour_async._client.response import StreamedResponse
from sixtyfour_async._client.secret import Secret
from sixtyfour_async._client.transport import Transport
from sixtyfour_async._scheduling.retry import Retry, decide
from sixtyfour_async._wire.bounds import Bounds
from sixtyfour_async._wire.codec import decode_error
from sixtyfour_async._wire.ranges import (
    Expired,
    Failed,
    Finished,
    Follow,
    PartialFile,
    StartOver,
    Write,
    headers_for,
    next_step,
)
from sixtyfour_async.errors import LinkRefusedError, ProtocolError, ResponseError, SixtyfourError

Link: TypeAlias = str | Callable[[], Awaitable[str]]
"""A signed link, or a function that requests one and is called again when the link has expired."""

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes on disk so far and the size of the whole file, which is None when unknown."""

PrivateLink: TypeAlias = Secret | Callable[[], Awaitable[str]]
"""A link as it is held here: it is a secret."""

DOWNLOAD_TIMEOUT_SECONDS = 60.0
"""Seconds without a byte, not for the whole file."""

SLOW_DOWNLOAD_TIMEOUTS = 10
"""Time-outs that a download may take, besides the time in which its bytes arrive at the slowest accepted pace."""

MAX_REDIRECTS = 5
OPERATION = "download"


class _ExpiredError(Exception):
    """The link has expired; ``refusal`` is the storage host's answer."""

    def __init__(self, refusal: SixtyfourError) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """How a file is downloaded.

    Attributes:
        retries: How often to try again without a single byte of progress in between.
        timeout: Real seconds without a byte.
        max_bytes: The largest file that is accepted.
        progress: Called after every chunk.
    """

    retries: int
    timeout: float
    max_bytes: int
    progress: Progress | None = None

    @property
    def bounds(self) -> Bounds:
        """The time that a download, or an attempt at it, may take."""
        return Bounds(SLOW_DOWNLOAD_TIMEOUTS * self.timeout)


@dataclass(slots=True)
class Download:
    """One download of one file.

    Attributes:
        transport: The connections.
        clock: The clock of the backoff between attempts.
        link: The signed link, or a function that requests one.
        target: The file to write.
        options: How.
        partial: What is on disk.
    """

    transport: Transport
    clock: Clock
    link: PrivateLink
    target: Path
    options: DownloadOptions
    partial: PartialFile = field(default_factory=PartialFile, init=False)
    _started_at: float = field(default=0.0, init=False)
    _received: int = field(default=0, init=False)

    async def run(self) -> int:
        """Download the file and return its size in bytes.

        Two counters bound the loop, and progress resets both. *attempt* counts failures since the last new byte, so a
        connection that breaks once a gigabyte still ends; progress too slow to end does not count. *renewed* allows one
        fresh link between two bytes: a host that refuses a link just issued would refuse the next one, too.

        Raises:
            APIError: The storage host refuses the link, and a fresh one, too, if *link* is a function.
            ResponseError: The link redirects in circles or answers with something that is not a file.
            TransportError: The connection failed too often without progress.
            OSError: The file cannot be written: disk full, no permission, no such folder.
        """
        self._started_at = anyio.current_time()
        self.partial = await self._resumable()
        url = await self._request_link()
        attempt, renewed = 0, False
        while True:
            attempt += 1
            before = self.partial.size
            try:
                await self._attempt(url)
            except _ExpiredError as expired:
                if isinstance(self.link, Secret) or renewed:
                    raise expired.refusal from None
                url, renewed, attempt = await self._request_link(), True, attempt - 1
            except ResponseError:
                raise  # the same request would bring the same response
            except SixtyfourError as error:
                has_progress = self.partial.size > before and not self._is_slow()
                attempt, renewed = (1, False) if has_progress else (attempt, renewed)
                await self._wait_or_raise(error, attempt)
            else:
                return await self._finish()
            finally:
                with anyio.CancelScope(shield=True):  # clean up after a cancellation as well
                    await self._discard_unusable_part()

    async def _request_link(self) -> Secret:
        return self.link if isinstance(self.link, Secret) else Secret(await self.link(), "[the link]")

    def _is_slow(self) -> bool:
        return anyio.current_time() > self.options.bounds.deadline(self._started_at, self._received)

    async def _wait_or_raise(self, error: SixtyfourError, attempt: int) -> None:
        allowed = self.options.retries + 1
        jitter = random.random()  # noqa: S311 (spreads waits, keeps no secret)
        decision = decide(error, retry_safe=True, attempt=attempt, attempts=allowed, jitter=jitter, throttles=allowed)
        if not isinstance(decision, Retry):
            raise error
        await anyio.sleep(self.clock.real(decision.after))

    # --- one attempt --------------------------------------------------------------------------------------------

    async def _attempt(self, url: Secret) -> None:
        options = self.options
        for _ in range(MAX_REDIRECTS + 1):
            headers = headers_for(self.partial)
            async with self.transport.follow(url, headers, options.timeout, options.bounds) as response:
                step = next_step(response.status, response.headers, self.partial, url.reveal())
                match step:
                    case Write():
                        return await self._write(response, step)
                    case Finished():
                        return None
                    case Follow():
                        url = Secret(step.url, url.mark)
                    case StartOver():
                        self.partial = PartialFile()
                    case Expired():
                        raise _ExpiredError(await _error_of(response))
                    case Failed():
                        raise await _error_of(response)
        raise ResponseError("the link redirects without end", operation=OPERATION)

    async def _write(self, response: StreamedResponse, step: Write) -> None:
        self.partial = PartialFile(step.at, step.version)
        self._check_room(step)
        self._check_size(step.total or 0)
        try:
            async with await anyio.open_file(self._part_path, "r+b" if step.at else "wb") as file:
                if not step.at:
                    # Opening has emptied the part. Only now may the new ETag be written: a process killed between the
                    # two would otherwise leave old bytes under the new ETag, and the next one would append to them.
                    await anyio.Path(self._version_path).write_text(step.version)
                await file.seek(step.at)
                async for chunk in response.chunks:
                    self._check_size(self.partial.size + len(chunk))
                    await file.write(chunk)
                    self._received += len(chunk)
                    self.partial = PartialFile(self.partial.size + len(chunk), step.version)
                    if self.options.progress is not None:
                        self.options.progress(self.partial.size, step.total)
                await file.truncate()  # a longer part of an earlier attempt ends where this content does
        except OSError as error:
            raise self._describe(error) from error
        if step.total is not None and self.partial.size != step.total:
            if self.partial.size > step.total:
                self.partial = PartialFile()
            raise ProtocolError(f"received {self.partial.size} of {step.total} bytes", operation=OPERATION)

    def _check_size(self, size: int) -> None:
        if size > self.options.max_bytes:
            self.partial = PartialFile()  # what is on disk is not worth keeping
            raise LinkRefusedError(
                f"the file is larger than max_bytes={self.options.max_bytes} allows", operation=OPERATION
            )

    def _check_room(self, step: Write) -> None:
        """Fail before the first byte, not after gigabytes, when the disk is too small."""
        with suppress(FileNotFoundError):
            free = shutil.disk_usage(self.target.parent).free
            needed = (step.total or 0) - step.at
            if needed > free:
                raise OSError(errno.ENOSPC, f"the download needs {needed} bytes and {free} are free", str(self.target))

    def _describe(self, error: OSError) -> OSError:
        if isinstance(error, TimeoutError | ConnectionError) or error.errno is None:
            return error
        return OSError(error.errno, f"cannot save the download: {error.strerror}", str(self.target))

    # --- the file -----------------------------------------------------------------------------------------------

    @property
    def _part_path(self) -> Path:
        return self.target.with_name(self.target.name + ".part")

    @property
    def _version_path(self) -> Path:
        return self.target.with_name(self.target.name + ".part.version")

    async def _resumable(self) -> PartialFile:
        """Return what an earlier attempt, perhaps of another process, has left to continue."""
        try:
            size = (await anyio.Path(self._part_path).stat()).st_size
            return PartialFile(size, await anyio.Path(self._version_path).read_text())
        except (OSError, UnicodeDecodeError):
            return PartialFile()

    async def _finish(self) -> int:
        try:
            await anyio.Path(self._part_path).replace(self.target)
        except OSError as error:
            raise self._describe(error) from error
        size, self.partial = self.partial.size, PartialFile()
        return size

    async def _discard_unusable_part(self) -> None:
        """Remove a part that no later attempt could continue."""
        if self.partial.size and self.partial.version:
            return
        for path in (self._part_path, self._version_path):
            with suppress(OSError):
                await anyio.Path(path).unlink(missing_ok=True)


async def _error_of(streamed: StreamedResponse) -> SixtyfourError:
    response = await streamed.read()
    if response.status < 400:  # noqa: PLR2004 (errors begin there)
        return ResponseError(f"unexpected status {response.status} from the storage host", operation=OPERATION)
    return decode_error(response, operation=OPERATION)
