"""``client.people``, ``client.search`` …: one line per operation, each with its operation's own signature."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Generic, ParamSpec, TypeVar

from sixtyfour_async import operations as ops
from sixtyfour_async._job import Asks, Job
from sixtyfour_async.operations import JobOperation, Operation

P = ParamSpec("P")
R = TypeVar("R")


class _Bound(Generic[P, R]):
    """An operation of one client. Its signature is the operation's."""

    def __init__(self, client: Asks, operation: Callable[P, Operation[R]]) -> None:
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

    def __init__(self, client: Asks, operation: Callable[P, JobOperation[R]]) -> None:
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


class Namespace:
    """Operations that belong together."""

    def __init__(self, client: Asks) -> None:
        self.client = client


class People(Namespace):
    """Research people, find and reverse their addresses and numbers."""

    intelligence = Either(ops.PeopleIntelligence)
    find_email = Either(ops.FindEmail)
    find_phone = Either(ops.FindPhone)
    reverse_email = Either(ops.ReverseEmail)
    reverse_phone = Either(ops.ReversePhone)


class Company(Namespace):
    """Research companies."""

    intelligence = Either(ops.CompanyIntelligence)


class Agents(Namespace):
    """Judge a record, or research anything about it."""

    qa = Either(ops.QAAgent)
    research = Either(ops.ResearchAgent)


class Jobs(Namespace):
    """Look at a job by its id."""

    status = Call(ops.GetJobStatus)


class Search(Namespace):
    """Search people and companies."""

    start_deep_search = Start(ops.DeepSearch)
    status = Call(ops.GetSearchStatus)
    download = Call(ops.DownloadSearch)


class Workflows(Namespace):
    """Run workflows and fetch what they made."""

    run = Start(ops.RunWorkflow)
    list = Call(ops.ListWorkflows)
    runs = Call(ops.ListRuns)
    live_status = Call(ops.GetLiveStatus)
    download_links = Call(ops.GetDownloadLinks)
    cancel = Call(ops.CancelRun)


class Account(Namespace):
    """The credits left."""

    check_balance = Call(ops.CheckBalance)
