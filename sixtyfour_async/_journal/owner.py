"""Who has a journal file open, and whose turn it is to write: locks on the file itself, whatever name it is opened by.

Three bytes far behind the content, which SQLite never locks, so that readers are not in the way:

- the *life lock*: shared by every process that has the journal open, from its opening to its closing. Whoever gets it
  exclusively at opening is alone: all others are dead, or have closed. The system releases it when a process dies;
- the *write lock*: exclusive, around every commit, checkpoint, opening and closing. SQLite before 3.51.3 (and before
  3.50.7 and 3.44.6 in their lines) can damage a write-ahead log when one connection checkpoints while another one
  commits; and without a queue one busy writer starves all others;
- the *queue*: held while one waits for the write lock, so that who has just had that comes after who waits.

And one byte for each name of the file, shared by those who opened it by that: SQLite finds the log by the name, so that
two processes with a hard link each would write two logs to one file. The second one is refused.

A process that is stopped in the middle of a commit holds up all others. They wait for `WRITE_LOCK_SECONDS`: that is a
stall and not an error, for it goes on when the process does, or is killed.

On Linux the locks belong to the open file (OFD locks on the main file's inode), so that a symbolic link, a hard link, a
bind mount or a deleted file beside it cannot give two owners. The one descriptor of a process is opened before SQLite
opens the file and closed after SQLite has closed it, and nothing else in this package opens the file: on POSIX, closing
*any* descriptor of a file drops all record locks that the process has on it, SQLite's included. So a second journal
object in a process shares the descriptor, and takes turns by a lock of its own.

Other POSIX systems have record locks only, which SQLite itself would drop with every connection that it closes. There
the locks are on a file beside the main file, ``run.db-lock``, which stays: a hard link to the journal is then another
journal. Linux runs this in the tests; no Mac has. On Windows a journal is for one process.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock

OWNER_BYTE = 1 << 40
"""The byte of the life lock: behind any content, and away from the bytes at 1 GiB that SQLite locks."""

WRITE_BYTE = OWNER_BYTE + 1
QUEUE_BYTE = OWNER_BYTE + 2

NAME_BYTES = 1 << 41
"""The first of the bytes for names, `NAMES` in number."""

NAMES = 1 << 40

WRITE_LOCK_SECONDS = 120.0
"""Real seconds to wait for other processes' commits."""

LIFE_LOCK_SECONDS = 20.0
"""Real seconds to wait for a process that has the journal for itself: a copy is being made, or it is being closed."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.0002, 0.005

SHARES = sys.platform != "win32"
"""Whether several processes can have a journal open."""

LOCKS_MAIN_FILE = sys.platform in {"linux", "win32"}
"""Whether the locks are on the main file itself."""

Inode = tuple[int, int]

_held: dict[Inode, _Shared] = {}
"""Files that this process has open: device and inode → its one descriptor."""

_guard = Lock()


class TakenError(Exception):
    """Another process has the file for itself, or does not let go of it."""


class OtherNameError(TakenError):
    """Another process has the file open by another name, under which it has another log."""


class _Shared:
    """What the journal objects of this process share of a file."""

    def __init__(self, descriptor: int, name: int) -> None:
        self.descriptor = descriptor
        self.name = name
        self.users = 0
        self.entered = 0
        self.turn = Lock()


class Owner:
    """A journal object's part in the ownership of a file, from `acquire` to `release`."""

    def __init__(self, path: Path, inode: Inode, shared: _Shared, *, is_new: bool = False) -> None:
        self.inode = inode
        self._path = path
        self._shared = shared
        self._entered = False
        self._is_new = is_new

    @classmethod
    def acquire(cls, path: Path) -> Owner:
        """Open a file for locking, created if it is missing, readable by its owner only; nothing is locked yet.

        Raises:
            OSError: It cannot be opened for writing.
        """
        with _guard:
            known = inode = inode_of(path) if path.exists() else None
            shared = _held.get(inode) if inode is not None else None
            if inode is None or shared is None:
                descriptor, inode = _open(path)
                shared = _held[inode] = _Shared(descriptor, _number_of(path))
            shared.users += 1
        return cls(path, inode, shared, is_new=known is None)

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Hold the write lock.

        Raises:
            TakenError: Another process does not release it.
        """
        deadline = time.monotonic() + WRITE_LOCK_SECONDS
        shared = self._shared
        if not shared.turn.acquire(timeout=WRITE_LOCK_SECONDS):
            raise TakenError
        try:
            _wait(shared.descriptor, QUEUE_BYTE, deadline)
            try:
                _wait(shared.descriptor, WRITE_BYTE, deadline)
            finally:
                _unlock(shared.descriptor, QUEUE_BYTE)
            try:
                yield
            finally:
                self._leave_nothing_empty()
                _unlock(shared.descriptor, WRITE_BYTE)
        finally:
            shared.turn.release()

    def _leave_nothing_empty(self) -> None:
        """Delete a file that was created here when its first turn has written nothing: it was refused.

        Whoever has opened it meanwhile, and waits for the write lock, finds that the name stands for another file.
        """
        is_new, self._is_new = self._is_new, False
        if is_new and self.size() == 0:
            with suppress(OSError):  # it is gone, or this system does not delete what is open
                self._path.unlink()

    def enter(self) -> bool:
        """Take the life lock; the write lock is held. Return whether nobody else has it: then others cannot enter.

        Raises:
            TakenError: A process has the file for itself, or the name stands for another file by now.
            OtherNameError: Another process has it open by another name.
        """
        if not self._path.exists() or inode_of(self._path) != self.inode:
            raise TakenError
        shared = self._shared
        if shared.name != _number_of(self._path) or (SHARES and not _lock_name(shared.descriptor, shared.name)):
            raise OtherNameError
        alone = not shared.entered and _lock(shared.descriptor, OWNER_BYTE, exclusive=True)
        if not alone and not SHARES:
            raise TakenError
        if not alone and not shared.entered:
            _wait(shared.descriptor, OWNER_BYTE, time.monotonic() + LIFE_LOCK_SECONDS, exclusive=False)
        shared.entered += 1
        self._entered = True
        return alone

    def admit_others(self) -> None:
        """Let others enter."""
        if SHARES:
            _lock(self._shared.descriptor, OWNER_BYTE, exclusive=False)

    def is_free(self) -> bool:
        """Return whether no process has the file open; if so, others cannot enter until it is released."""
        return _lock(self._shared.descriptor, OWNER_BYTE, exclusive=True)

    def is_last(self) -> bool:
        """Return whether nobody else has the file open; the write lock is held. If so, others cannot enter."""
        return self._shared.entered == 1 and _lock(self._shared.descriptor, OWNER_BYTE, exclusive=True)

    def size(self) -> int:
        """Return the size of the file, bytes; 0 when that is not known."""
        if LOCKS_MAIN_FILE:
            return os.fstat(self._shared.descriptor).st_size
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def release(self) -> None:
        """Release the file; SQLite must have closed it."""
        with _guard:
            shared = self._shared
            shared.users -= 1
            if self._entered:
                shared.entered -= 1
                self._entered = False
            if shared.users == 0 and _held.pop(self.inode, None) is not None:
                os.close(shared.descriptor)


@contextmanager
def shut_out(path: Path) -> Generator[bool, None, None]:
    """Keep others from opening a journal for a moment; True when somebody has it open already.

    Raises:
        OSError: It cannot be opened for writing.
    """
    with _guard:
        taken = inode_of(path) in _held
    owner = None if taken else Owner.acquire(path)
    try:
        yield owner is None or not owner.is_free()
    finally:
        if owner is not None:
            owner.release()


def inode_of(path: Path) -> Inode:
    """Return what a file is, whatever its name: device and inode."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _open(path: Path) -> tuple[int, Inode]:
    """Open the file that is locked, and return the main file's inode."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    if LOCKS_MAIN_FILE:
        status = os.fstat(descriptor)
        return descriptor, (status.st_dev, status.st_ino)
    os.close(descriptor)
    real = path.resolve()
    return os.open(real.with_name(f"{real.name}-lock"), flags, 0o600), inode_of(path)


def _number_of(path: Path) -> int:
    """Return a number for the place of a file's log: the same however the folder was reached."""
    real = path.resolve()
    name = f"{real.parent.stat().st_ino}/{real.name}".encode(errors="surrogateescape")  # a name may be no UTF-8
    return int.from_bytes(blake2b(name, digest_size=5).digest(), "big")


def _lock_name(descriptor: int, number: int) -> bool:
    """Lock the byte of a name; return whether nobody has locked that of another one. The write lock is held."""
    byte = NAME_BYTES + number
    others = [(NAME_BYTES, number), (byte + 1, NAMES - number - 1)]
    free = all(_lock(descriptor, start, exclusive=True, length=length) for start, length in others if length)
    for start, length in others:
        if length:
            _unlock(descriptor, start, length)
    return free and _lock(descriptor, byte, exclusive=False)


def _wait(descriptor: int, byte: int, deadline: float, *, exclusive: bool = True) -> None:
    """Lock a byte as soon as that can be done."""
    pause = _SHORTEST_PAUSE
    while not _lock(descriptor, byte, exclusive=exclusive):
        if time.monotonic() > deadline:
            raise TakenError
        time.sleep(pause)
        pause = min(1.5 * pause, _LONGEST_PAUSE)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, byte: int, *, exclusive: bool, length: int = 1) -> bool:  # noqa: ARG001 (others share)
        """Lock a byte; only the life lock is needed for one process."""
        if byte != OWNER_BYTE:
            return True
        os.lseek(descriptor, byte, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int, byte: int, length: int = 1) -> None:
        """Only the life lock was locked, and that is until the file is closed."""

else:
    import fcntl

    def _set(descriptor: int, kind: int, byte: int, length: int) -> None:
        if sys.platform == "linux" and LOCKS_MAIN_FILE:
            # struct flock: type, whence, start, length, pid
            wanted = struct.pack("hhqqi4x", kind, os.SEEK_SET, byte, length, 0)
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
        else:
            operations = {fcntl.F_WRLCK: fcntl.LOCK_EX, fcntl.F_RDLCK: fcntl.LOCK_SH, fcntl.F_UNLCK: fcntl.LOCK_UN}
            wait = 0 if kind == fcntl.F_UNLCK else fcntl.LOCK_NB
            fcntl.lockf(descriptor, operations[kind] | wait, length, byte)

    def _lock(descriptor: int, byte: int, *, exclusive: bool, length: int = 1) -> bool:
        """Lock bytes, or change the kind of lock on them; return whether that could be done."""
        try:
            _set(descriptor, fcntl.F_WRLCK if exclusive else fcntl.F_RDLCK, byte, length)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _unlock(descriptor: int, byte: int, length: int = 1) -> None:
        _set(descriptor, fcntl.F_UNLCK, byte, length)

    def _forget_in_child() -> None:
        """Close what a fork inherited: the child owns nothing, and would hold on to its parent's locks."""
        global _guard  # noqa: PLW0603 (it may have been held by a thread that the child does not have)
        _guard = Lock()
        for shared in _held.values():
            os.close(shared.descriptor)
        _held.clear()

    os.register_at_fork(after_in_child=_forget_in_child)
