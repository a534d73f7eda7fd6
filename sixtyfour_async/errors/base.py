"""What every exception of this package has in common: one line of text, equality, and a way through a pickle."""

from __future__ import annotations

from typing import Any, cast

from sixtyfour_async.errors.printable import printable


class SixtyfourError(Exception):
    """Base class of every exception that this package raises.

    Attributes:
        message: The text, without the details that ``str()`` adds.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in details.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        return printable(self._text())

    def _text(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle message, attributes and cause, because subclasses have constructors of their own."""
        return _restore, (type(self), self.args), self._state(_portable(self.__cause__))

    def __copy__(self) -> SixtyfourError:
        error = _restore(type(self), self.args)
        error.__setstate__(self._state(self.__cause__))
        return error

    def _state(self, cause: BaseException | None) -> dict[str, Any]:
        return {**self.__dict__, "__cause__": cause, "__suppress_context__": self.__suppress_context__}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.args))


def _restore(cls: type[SixtyfourError], args: tuple[Any, ...]) -> SixtyfourError:
    error = cls.__new__(cls, *args)
    error.args = args
    return error


class PickledCause(Exception):  # noqa: N818 (it stands for an error and is never raised)
    """Stands for the cause of an unpickled error when that cause could not be pickled: its class and text."""


def _portable(cause: BaseException | None) -> BaseException | None:
    """Return a cause as it can be pickled: our own as it is, a foreign one rebuilt from its arguments, else its text.

    The attributes of a foreign exception, and arguments that are objects, such as further exceptions, are left behind:
    httpx keeps the request there, with the API key in its headers. Rebuilding is tried before pickling, since an
    exception whose constructor takes other arguments than it keeps can be pickled and fails only when it is loaded.
    """
    if cause is None or isinstance(cause, SixtyfourError | PickledCause):
        return cause
    import pickle  # noqa: PLC0415 (hardly any error is pickled)

    text = PickledCause(f"{type(cause).__qualname__}: {cause}")
    if not all(argument is None or isinstance(argument, str | bytes | int | float) for argument in cause.args):
        return text
    try:
        rebuild, arguments = cast("tuple[Any, ...]", cause.__reduce__())[:2]
        bare: BaseException = rebuild(*arguments)
        pickle.loads(pickle.dumps(bare))  # noqa: S301 (our own bytes)
    except Exception:  # noqa: BLE001 (whatever a foreign constructor raises)
        return text
    return bare
