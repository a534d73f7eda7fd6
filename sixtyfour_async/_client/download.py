"""Signed links to files: fetched into a file of that name once it is whole, taken up again where they broke off.

While it comes, the file is called ``NAME.part``; beside it stands ``NAME.part.version``, the storage host's name for
this very content, by which a later attempt, or a later process, knows that the rest still belongs to it.
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
from sixtyfour_async._client.transport import Opened, Transport
from sixtyfour_async._scheduling.retry import Retry, decide
from sixtyfour_async._wire.codec import decode_error
from sixtyfour_async._wire.ranges import (
    Expired,
    Failed,
    Finished,
    Follow,
    Had,
    StartOver,
    Write,
    headers_for,
    next_step,
)
from sixtyfour_async.errors import ProtocolError, ResponseError, SixtyfourError

Link: TypeAlias = str | Callable[[], Awaitable[str]]
"""A signed link, or a function that asks for one, called again when the last one has expired."""

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told the bytes on disk so far, and how many there will be when that is known."""

REDIRECTS = 5
OPERATION = "download"


class _ExpiredError(Exception):
    """The link is not good any more; its cause is what the storage host said."""

    def __init__(self, said: SixtyfourError) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(slots=True)
class Download:
    """One download.

    Attributes:
        transport: What fetches it.
        clock: Whose seconds are waited between attempts.
        retries: How often to try again without a single byte of progress.
        link: Where it is.
        target: The file it becomes.
        progress: Told after every piece.
    """

    transport: Transport
    clock: Clock
    retries: int
    link: Link
    target: Path
    progress: Progress | None = None
    had: Had = field(default_factory=Had, init=False)

    async def run(self) -> int:
        """Fetch the file and return its size in bytes.

        Raises:
            APIError: The storage host refuses the link, and a new one as well when there is a way to get one.
            TransportError: The connection failed too often.
            OSError: The file cannot be written: no room, no permission, no such folder.
        """
        self.had = await self._found()
        url = await self._ask_for_link()
        attempt, relinked = 0, False
        while True:
            attempt += 1
            before = self.had.size
            try:
                await self._attempt(url)
            except _ExpiredError as expired:
                if isinstance(self.link, str) or relinked:
                    raise expired.said from None
                url, relinked, attempt = await self._ask_for_link(), True, attempt - 1
            except ResponseError:
                raise  # it leads nowhere, and would again
            except SixtyfourError as error:
                attempt, relinked = (1, False) if self.had.size > before else (attempt, relinked)
                await self._wait_or_raise(error, attempt)
            else:
                return await self._finish()
            finally:
                with anyio.CancelScope(shield=True):
                    await self._tidy()

    async def _ask_for_link(self) -> str:
        return self.link if isinstance(self.link, str) else await self.link()

    async def _wait_or_raise(self, error: SixtyfourError, attempt: int) -> None:
        allowed = self.retries + 1
        jitter = random.random()  # noqa: S311 (spreads waits, keeps no secret)
        decision = decide(error, retry_safe=True, attempt=attempt, attempts=allowed, jitter=jitter, throttles=allowed)
        if not isinstance(decision, Retry):
            raise error
        await anyio.sleep(self.clock.real(decision.after))

    # --- one attempt --------------------------------------------------------------------------------------------

    async def _attempt(self, url: str) -> None:
        for _ in range(REDIRECTS + 1):
            async with self.transport.follow(url, headers_for(self.had)) as opened:
                step = next_step(opened.status, opened.headers, self.had, url)
                match step:
                    case Write():
                        return await self._write(opened, step)
                    case Finished():
                        return None
                    case Follow(url=target):
                        url = target
                    case StartOver():
                        self.had = Had()
                    case Expired():
                        raise _ExpiredError(await _said(opened))
                    case Failed():
                        raise await _said(opened)
        raise ResponseError("the link redirects without end", operation=OPERATION)

    async def _write(self, opened: Opened, step: Write) -> None:
        self.had = Had(step.at, step.version)
        self._check_room(step)
        try:
            await anyio.Path(self._version_path).write_text(step.version)
            async with await anyio.open_file(self._part_path, "r+b" if step.at else "wb") as file:
                await file.seek(step.at)
                async for piece in opened.pieces:
                    await file.write(piece)
                    self.had = Had(self.had.size + len(piece), step.version)
                    if self.progress is not None:
                        self.progress(self.had.size, step.total)
                await file.truncate()
        except OSError as error:
            raise self._told(error) from error
        if step.total is not None and self.had.size != step.total:
            if self.had.size > step.total:
                self.had = Had()
            raise ProtocolError(f"{self.had.size} of {step.total} bytes came", operation=OPERATION)

    def _check_room(self, step: Write) -> None:
        """Say before the first byte that the disk is too small."""
        with suppress(FileNotFoundError):
            free = shutil.disk_usage(self.target.parent).free
            needed = (step.total or 0) - step.at
            if needed > free:
                raise OSError(errno.ENOSPC, f"{needed} bytes are needed and {free} are free", str(self.target))

    def _told(self, error: OSError) -> OSError:
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

    async def _found(self) -> Had:
        """What an earlier process left."""
        try:
            size = (await anyio.Path(self._part_path).stat()).st_size
            return Had(size, await anyio.Path(self._version_path).read_text())
        except (OSError, UnicodeDecodeError):
            return Had()

    async def _finish(self) -> int:
        try:
            await anyio.Path(self._part_path).replace(self.target)
        except OSError as error:
            raise self._told(error) from error
        size, self.had = self.had.size, Had()
        return size

    async def _tidy(self) -> None:
        """Leave nothing behind that nobody can go on with."""
        if self.had.size and self.had.version:
            return
        for path in (self._part_path, self._version_path):
            with suppress(OSError):
                await anyio.Path(path).unlink(missing_ok=True)


async def _said(opened: Opened) -> SixtyfourError:
    response = await opened.whole()
    if response.status < 400:  # noqa: PLR2004 (errors begin there)
        return ResponseError(f"{response.status} from the storage host", operation=OPERATION)
    return decode_error(response, operation=OPERATION)
