"""Operations bound to a client: each method has its operation's own signature."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, ParamSpec, TypeVar

from sixtyfour_async._client.job import Job, OperationSender
from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
N = TypeVar("N")


class _Bound(Generic[P, R]):
    """An operation of one client. Its signature is the operation's."""

    def __init__(self, client: OperationSender, operation: Callable[P, Operation[R]]) -> None:
        self._client = client
        self._operation = operation
        self.__doc__ = operation.__doc__

    @property
    def __signature__(self) -> inspect.Signature:
        """The operation's fields, for ``help()`` and completion in a notebook."""
        operation: Any = self._operation
        operation.model_rebuild()
        return inspect.signature(operation)

    def __repr__(self) -> str:
        return f"<{getattr(self._operation, '__name__', 'operation')} of {self._client!r}>"


class BoundCall(_Bound[P, R]):
    """Ask, and wait for the answer in the same request."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]:
        """Send the operation and return its answer."""
        return self._client.send(self._operation(*args, **kwargs))


class BoundJob(_Bound[P, R]):
    """Submit a job and return a handle to it."""

    def __init__(self, client: OperationSender, operation: Callable[P, JobOperation[R]]) -> None:
        super().__init__(client, operation)
        self._job = operation

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[Job[R]]:
        """Submit the operation as a job and return at once, with its id."""
        return self._client.submit(self._job(*args, **kwargs))


class BoundStart(BoundJob[P, R]):
    """A job only: calling it submits it."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[Job[R]]:
        """Submit the operation and return at once, with its id."""
        return self.submit(*args, **kwargs)


class BoundEither(BoundCall[P, R], BoundJob[P, R]):
    """Ask and wait in one request, or ``.submit(…)`` the same question as a job."""


class BoundPages(BoundCall[P, R], Generic[P, R, T]):
    """Ask for one page, or iterate over all of them."""

    def __init__(self, client: OperationSender, operation: Callable[P, PagedOperation[R, T]]) -> None:
        super().__init__(client, operation)
        self._paged = operation

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[R, None]:
        """Yield page after page; each is one request, made when it is asked for."""
        return self._client.pages(self._paged(*args, **kwargs))

    def rows(self, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        """Yield row after row, asking for the next page when one is used up."""
        return self._client.rows(self._paged(*args, **kwargs))


class Call(Generic[P, R]):
    """Binds an operation that is asked and answered in one request."""

    def __init__(self, operation: Callable[P, Operation[R]]) -> None:
        self._operation = operation

    def __get__(self, instance: Namespace, owner: type[Namespace]) -> BoundCall[P, R]:
        return BoundCall(instance.client, self._operation)


class Start(Generic[P, R]):
    """Binds an operation that is a job only."""

    def __init__(self, operation: Callable[P, JobOperation[R]]) -> None:
        self._operation = operation

    def __get__(self, instance: Namespace, owner: type[Namespace]) -> BoundStart[P, R]:
        return BoundStart(instance.client, self._operation)


class Either(Generic[P, R]):
    """Binds an operation that has both forms."""

    def __init__(self, operation: Callable[P, JobOperation[R]]) -> None:
        self._operation = operation

    def __get__(self, instance: Namespace, owner: type[Namespace]) -> BoundEither[P, R]:
        return BoundEither(instance.client, self._operation)


class Pages(Generic[P, R, T]):
    """Binds an operation that is answered in pages."""

    def __init__(self, operation: Callable[P, PagedOperation[R, T]]) -> None:
        self._operation = operation

    def __get__(self, instance: Namespace, owner: type[Namespace]) -> BoundPages[P, R, T]:
        return BoundPages(instance.client, self._operation)


class Namespace:
    """Operations that belong together."""

    def __init__(self, client: OperationSender) -> None:
        self.client = client


class BoundEvents(_Bound[P, R]):
    """Ask, and read the answer as it is written."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[R, None]:
        """Send the operation and yield the data of event after event."""
        return self._client.events(self._operation(*args, **kwargs))


class Events(Generic[P, R]):
    """Binds an operation that is answered with a stream of events."""

    def __init__(self, operation: Callable[P, Operation[R]]) -> None:
        self._operation = operation

    def __get__(self, instance: Namespace, owner: type[Namespace]) -> BoundEvents[P, R]:
        return BoundEvents(instance.client, self._operation)


class Group(Generic[N]):
    """Binds a namespace to a client, or to a namespace that it is part of."""

    def __init__(self, namespace: Callable[[OperationSender], N]) -> None:
        self._namespace = namespace
        self.__doc__ = namespace.__doc__

    def __get__(self, instance: Any, owner: type[Any]) -> N:
        return self._namespace(instance.client if isinstance(instance, Namespace) else instance)
