"""One owner for a journal: a lock on the file itself, whatever name it was opened by.

The lock is on the main file's inode, so that a symbolic link, a hard link, a bind mount or a deleted file beside it
cannot give two owners. It is one byte far behind the content, which SQLite never locks: readers are not in its way, and
a second byte can become a lock of its own once several processes write. The system releases it when the process dies.

The descriptor is opened before SQLite opens the file and closed after SQLite has closed it, and nothing else in this
package opens the file: on POSIX, closing *any* descriptor of a file drops all record locks that the process has on it,
SQLite's included. For the same reason a second journal object in this process is refused without opening the file.

On Linux the lock belongs to the open file (an OFD lock); on other POSIX systems it is a record lock, which foreign code
in the same process drops when it opens and closes the journal; on Windows it is a lock of that byte.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from threading import Lock

OWNER_BYTE = 1 << 40
"""The byte that is locked: behind any content, and away from the bytes at 1 GiB that SQLite locks."""

_held: dict[tuple[int, int], int] = {}
"""Files that this process owns: device and inode → descriptor."""

_guard = Lock()


class TakenError(Exception):
    """Another journal object, here or in another process, owns the file."""


class Owner:
    """The ownership of a file, from `acquire` to `release`."""

    def __init__(self, descriptor: int, inode: tuple[int, int]) -> None:
        self._descriptor = descriptor
        self.inode = inode

    @classmethod
    def acquire(cls, path: Path) -> Owner:
        """Acquire a file, created if it is missing, readable by its owner only.

        Raises:
            TakenError: Somebody else owns it.
            OSError: It cannot be opened for writing.
        """
        with _guard:
            if path.exists() and inode_of(path) in _held:
                raise TakenError
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            try:
                _lock(descriptor)
                inode = _identity(os.fstat(descriptor))
                _check_not_replaced(path, inode)
            except BaseException:
                os.close(descriptor)
                raise
            _held[inode] = descriptor
        return cls(descriptor, inode)

    def size(self) -> int:
        """Return the size of the file, bytes."""
        return os.fstat(self._descriptor).st_size

    def release(self) -> None:
        """Release the file; SQLite must have closed it."""
        with _guard:
            if _held.pop(self.inode, None) is not None:
                os.close(self._descriptor)


def inode_of(path: Path) -> tuple[int, int]:
    """Return what a file is, whatever its name: device and inode."""
    return _identity(path.stat())


def _check_not_replaced(path: Path, inode: tuple[int, int]) -> None:
    """Refuse a file that was replaced between its opening and its locking: a lock on it keeps nobody out."""
    if not path.exists() or inode_of(path) != inode:
        raise TakenError


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, OWNER_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise TakenError from error

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        try:
            if sys.platform == "linux":
                # struct flock: type, whence, start, length, pid
                wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, OWNER_BYTE, 1, 0)
                fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
            else:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, OWNER_BYTE)
        except (BlockingIOError, PermissionError) as error:
            raise TakenError from error

    def _forget_in_child() -> None:
        """Close what a fork inherited: the child owns nothing, and would hold on to its parent's locks."""
        global _guard  # noqa: PLW0603 (it may have been held by a thread that the child does not have)
        _guard = Lock()
        for descriptor in _held.values():
            os.close(descriptor)
        _held.clear()

    os.register_at_fork(after_in_child=_forget_in_child)
