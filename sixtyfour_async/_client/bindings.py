"""Operations bound to a client: methods with the signature and the documentation of their operation.

How a method looks to a type checker and an editor is written in ``namespaces.pyi``, which is made from this.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args, get_origin

from sixtyfour_async import operations
from sixtyfour_async.operations import Operation, PagedOperation
from sixtyfour_async.operations._parameters import bare, documentation, parameters

if TYPE_CHECKING:
    from sixtyfour_async._client.job import OperationSender

AnyOperation = type[Operation[Any]]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to send an operation.

    Attributes:
        carry_out: Name of the client method that sends it.
        returns: Computes the return type for an operation; of a coroutine, the type of its result.
        summary: The first line of the documentation; "" for that of the operation itself.
    """

    carry_out: str
    returns: Callable[[AnyOperation], Any]
    summary: str = ""


def _answer(operation: AnyOperation) -> Any:
    return bare(operation.endpoint.answer)


def _row(operation: AnyOperation) -> Any:
    bases: tuple[Any, ...] = getattr(operation, "__orig_bases__", ())
    return next(get_args(base)[1] for base in bases if get_origin(base) is PagedOperation)


def _job(operation: AnyOperation) -> Any:
    from sixtyfour_async._client.job import Job

    job: Any = Job
    return job[_answer(operation)]


def _iterator(item: Any) -> Any:
    iterator: Any = AsyncGenerator
    return iterator[item, None]


SEND = Form("send", _answer)
EVENTS = Form("events", lambda operation: _iterator(_answer(operation)))
SUBMIT = Form(
    "submit",
    _job,
    "Start a job of the kind ``{kind}`` and return its handle; ``await job`` waits for the answer.",
)
PAGES = Form(
    "pages",
    lambda operation: _iterator(_answer(operation)),
    "Iterate over the pages of ``{kind}``; each page is one request, sent when the page is consumed.",
)
ROWS = Form(
    "rows",
    lambda operation: _iterator(_row(operation)),
    "Iterate over the rows of all pages of ``{kind}``; the next page is requested when the previous one is used up.",
)


class Method:
    """One form of an operation, of one client: ``client.people.find_email``.

    It has everything that ``help()``, `inspect.signature` and IPython read from a function.
    """

    def __init__(self, client: OperationSender, operation: AnyOperation, form: Form, qualname: str) -> None:
        self._client = client
        self._operation = operation
        self._form = form
        self.__qualname__ = qualname
        self.__name__ = qualname.rpartition(".")[2]
        self.__module__ = Namespace.__module__.replace("bindings", "namespaces")

    def __call__(self, *values: Any, **fields: Any) -> Any:
        if values:
            raise TypeError(f"{self.__name__}() takes keyword arguments only")
        operation: Any = self._operation
        return getattr(self._client, self._form.carry_out)(operation(**fields))

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """Return the method itself. With a ``__get__``, `inspect.isroutine` is true and pydoc documents a routine."""
        return self

    @property
    def __signature__(self) -> inspect.Signature:
        operation: Any = self._operation
        return inspect.Signature(parameters(operation), return_annotation=self._form.returns(operation))

    if not TYPE_CHECKING:

        @property
        def __doc__(self) -> str:
            text = documentation(self._operation)
            first = self._form.summary.format(kind=self._operation.endpoint.name)
            return f"{first}\n\n{text}" if first else text

    def __repr__(self) -> str:
        return f"<{self.__qualname__} ({self._operation.__name__}) of {self._client!r}>"


class Binding:
    """Makes a method of each form that an operation has; the form that is called bears the name itself.

    Args:
        operation: The name of the operation in `operations`, which is imported when the method is used.
    """

    forms: ClassVar[Mapping[str, Form]]

    def __init__(self, operation: str) -> None:
        self._name = operation
        self._qualname = operation

    @property
    def _operation(self) -> AnyOperation:
        """The class of the operation; its module is imported when a method of its own is first asked for."""
        found: AnyOperation = getattr(operations, self._name)
        return found

    def __set_name__(self, owner: type, name: str) -> None:
        self._qualname = f"{owner.__qualname__}.{name}"

    def __repr__(self) -> str:
        return f"<method {self._qualname}>"

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        client, operation = _client_of(instance), self._operation
        method = Method(client, operation, self.forms[""], self._qualname)
        for name, form in self.forms.items():
            if name:
                setattr(method, name, Method(client, operation, form, f"{self._qualname}.{name}"))
        return method


class Call(Binding):
    """An operation that is answered in the request."""

    forms = {"": SEND}  # noqa: RUF012 (a ClassVar by its annotation above)


class Start(Binding):
    """An operation that is a job only: calling it submits it."""

    forms = {"": SUBMIT}  # noqa: RUF012


class Either(Binding):
    """An operation that has both forms: ``.submit(…)`` starts a job."""

    forms = {"": SEND, "submit": SUBMIT}  # noqa: RUF012


class Pages(Binding):
    """An operation that is answered in pages: one of them, or ``.pages(…)``, or ``.rows(…)``."""

    forms = {"": SEND, "pages": PAGES, "rows": ROWS}  # noqa: RUF012


class Events(Binding):
    """An operation that is answered with a stream of events."""

    forms = {"": EVENTS}  # noqa: RUF012


class Namespace:
    """Operations that belong together."""

    def __init__(self, client: OperationSender) -> None:
        self._client = client


class Group:
    """Binds a namespace to a client, or to a namespace that it is part of."""

    def __init__(self, namespace: type[Namespace]) -> None:
        self._namespace = namespace
        self.__doc__ = namespace.__doc__

    def __repr__(self) -> str:
        return f"<namespace {self._namespace.__name__}>"

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return self._namespace(_client_of(instance))


def _client_of(holder: Any) -> OperationSender:
    """The client that a namespace belongs to; a client itself."""
    client: OperationSender = vars(holder)["_client"] if isinstance(holder, Namespace) else holder
    return client
