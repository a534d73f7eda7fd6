"""Fields of a frozen dataclass that are worked out together when the first of them is touched.

Python looks for ``__getattr__`` only when a slot is empty, so that whatever reads a field finds it: an equality, a
pickle, `dataclasses.replace`, a ``match`` statement. Whoever reads none of them has not paid for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

WorkOut: TypeAlias = Callable[[], Mapping[str, Any]]
"""Returns the fields that were put off, by name."""

_SLOT = "_work_out"


class LateFields:
    """Base of a dataclass with slots, some fields of which may be put off."""

    __slots__ = (_SLOT,)

    if not TYPE_CHECKING:  # or a type checker would believe that there is an attribute of any name

        def __getattr__(self, name: str) -> Any:
            if name in type(self).__dataclass_fields__:
                _fill(self)
            return object.__getattribute__(self, name)  # an attribute that there is not: Python's own error


def put_off(owner: LateFields, *names: str, work_out: WorkOut) -> None:
    """Empty fields of an object; *work_out* returns their values when one of them is touched.

    It may be called more than once: after it raised, and when two threads touch a field at the same time.
    """
    for name in names:
        object.__delattr__(owner, name)
    object.__setattr__(owner, _SLOT, work_out)


def _fill(owner: LateFields) -> None:
    work_out: WorkOut | None = object.__getattribute__(owner, _SLOT)
    if work_out is None:  # another thread was first
        return
    for name, value in work_out().items():
        object.__setattr__(owner, name, value)
    object.__setattr__(owner, _SLOT, None)  # last: until then another thread works them out for itself
