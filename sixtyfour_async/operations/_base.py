"""The machinery of operations: one frozen class for each, and a registry that holds them all.

An operation is validated when it is made, compared and hashed by content, and can be printed, stored and replayed. One
that the service also takes as a job has two routes and is still one operation::

    class FindEmail(Request, JobOperation[EmailResult], name="find-email", http="POST /find-email",
                    job="POST /find-email-async"): ...

`AsyncClient.send` uses the first route, ``submit`` and `JobRunner` the second. The class line states everything about
the routes; readers take it from `REGISTRY`.
"""

from __future__ import annotations

import copyreg
import hashlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sixtyfour_async._values import is_surely_json, problem_with
from sixtyfour_async.errors import InputError
from sixtyfour_async.models._base import class_reference
from sixtyfour_async.models.started import Started
from sixtyfour_async.operations._input_errors import input_error
from sixtyfour_async.operations._json_types import JsonObject
from sixtyfour_async.operations._parameters import parameter_names, parameters

R_co = TypeVar("R_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)

RetrySafety: TypeAlias = Literal["always", "key", "never"]
"""Whether a request that may have arrived can be sent again.

``always``: reads, and writes that change nothing the second time. ``key``: if it carries the key by which the service
recognises a repetition. ``never``: a second one could be charged again.
"""

BodyKind: TypeAlias = Literal["json", "form", "multipart"]
Standing: TypeAlias = Literal["published", "documented", "unpublished"]


@dataclass(frozen=True, slots=True)
class Route:
    """HTTP method and path of an endpoint; ``path`` holds ``{field}`` for each path parameter."""

    method: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Route:
        """Parse ``"POST /find-email"``."""
        method, path = text.split(" ", 1)
        return cls(method, path)

    @property
    def parameters(self) -> list[str]:
        """Names of the fields in the path, in order."""
        return re.findall(r"\{(\w+)\}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Everything about one operation besides its fields.

    Attributes:
        name: The API's own name, such as ``"find-email"``.
        answer: The type that the answer is decoded to.
        route: The synchronous route; None for an operation that can only be submitted as a job.
        job: The route that submits it as a job; None when there is none.
        retry_safe: Whether a request that may have arrived can be sent again.
        idempotency_field: The field that must be set for ``retry_safe="key"``.
        read_timeout: Seconds to wait for the answer of ``route``.
        in_query: Fields sent in the query string although the method is not GET.
        in_headers: Fields sent as headers, field name → header name.
        job_limit: Name of the limit on concurrent jobs or submits, such as ``"deep-search"``; "" when there is none.
        poll: Name of the operation that polls such a job; it takes the job's id and nothing else.
        started: The model of the answer to a submit.
        id_field: The field of ``started`` that holds the job's id.
        reports_charge: Whether the service reports what such a job was charged.
        body: The encoding of the fields that are sent in the body.
        events: Whether the answer is a stream of server-sent events; ``answer`` is then the type of one event's data.
        keyless: Whether the request is sent without a credential.
        fallback: Name of the operation to send, with the same fields, when the service does not know this route.
        cancel: Name of the operation that cancels such a job by its ``job_id``; "" when there is none.
        subject: The field that holds the person or company, for operations that a row of a table can fill.
        bulk: Name of the operation that takes many subjects, as ``leads`` or as the rows of a ``file``.
        standing: ``published`` in the newest specification; ``documented`` on a page or in an older specification;
            ``unpublished`` for the dashboard's own routes, which may change without notice.
    """

    name: str
    answer: Any
    route: Route | None = None
    job: Route | None = None
    retry_safe: RetrySafety = "never"
    idempotency_field: str = ""
    read_timeout: float = 30.0
    in_query: tuple[str, ...] = ()
    in_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    job_limit: str = ""
    poll: str = "job-status"
    started: type[BaseModel] = Started
    id_field: str = "task_id"
    reports_charge: bool = True
    body: BodyKind = "json"
    events: bool = False
    keyless: bool = False
    fallback: str = ""
    cancel: str = ""
    subject: str = ""
    bulk: str = ""
    standing: Standing = "published"

    @property
    def takes_file(self) -> bool:
        """Whether the request uploads a file."""
        return self.body == "multipart"


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
"""Writes the content of an operation in one way only, whatever the order of its keys."""

REGISTRY: dict[str, type[Operation[Any]]] = {}
"""Operation classes by name; filled as the classes are defined, and complete in `_registry`."""


def operation_class(name: str) -> type[Operation[Any]] | None:
    """Return the class of an operation, also if its module is not imported yet; None when there is none."""
    if name not in REGISTRY:
        import_module("sixtyfour_async.operations._registry")
    return REGISTRY.get(name)


def make_operation(name: str, **fields: Any) -> Operation[Any]:
    """Make the operation of a name that an endpoint gives."""
    made: Any = operation_class(name)
    return cast("Operation[Any]", made(**fields))


class Operation(Generic[R_co]):
    """A call to the service whose answer is an ``R_co``; its fields are those of a `Request`."""

    endpoint: ClassVar[Endpoint]

    def answer_type(self) -> Any:
        """Return the type that the answer is decoded to."""
        return self.endpoint.answer

    def payload(self) -> dict[str, JsonValue]:
        """Return every field that was set, in wire form.

        Fields that were not set are left out, so that the service's own defaults apply.
        """
        request = cast("Request", self)
        dumped = request.model_dump(mode="json", exclude_unset=True, exclude_none=True, by_alias=True)
        return dumped | dict(request.extra) if request.extra else dumped

    def fingerprint(self) -> str:
        """Return 32 hex digits derived from the content, equal in every process and Python version."""
        content = [self.endpoint.name, self.payload()]
        text = _CANONICAL.encode(content)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def is_retry_safe(self) -> bool:
        """Return whether sending this again is free of charge, even if it arrived the first time."""
        if not getattr(getattr(self, "file", None), "replayable", True):
            return False
        if self.endpoint.retry_safe == "key":
            return bool(getattr(self, self.endpoint.idempotency_field, None))
        return self.endpoint.retry_safe == "always"

    def takes_body(self) -> bool:
        """Return whether any field belongs in the body; such a route expects a body, if only an empty object."""
        endpoint = self.endpoint
        routes = [route for route in (endpoint.route, endpoint.job) if route]
        if all(route.method in {"GET", "DELETE"} for route in routes):
            return False
        elsewhere = {"extra", *endpoint.in_query, *endpoint.in_headers}.union(*(route.parameters for route in routes))
        return not elsewhere.issuperset(cast("type[Request]", type(self)).model_fields)


class JobOperation(Operation[R_co], Generic[R_co]):
    """An operation that can be submitted as a job and polled until it ends."""

    def poll(self, job_id: str) -> Operation[Any]:
        """Return the operation that polls one job; its answer has a ``report()``."""
        asked: Any = operation_class(self.endpoint.poll)
        return cast("Operation[Any]", asked(**{asked.endpoint.route.parameters[0]: job_id}))

    def poll_answer_type(self) -> Any:
        """Return the type of the answer to `poll`, whatever the job."""
        polled = operation_class(self.endpoint.poll)
        return None if polled is None else polled.endpoint.answer

    def poll_many(self) -> Operation[Any] | None:
        """Return the operation that polls many jobs of this kind with one request; None when there is none.

        Its answer is a list whose items have a ``job_id`` and a ``report()``.
        """
        return None

    def variant(self) -> str:
        """Return what price and run time depend on, such as ``"people-intelligence/low"`` or ``"find-email"``."""
        fields = vars(self)  # `getattr` takes long where there is no such field
        chosen = fields.get("tier") or fields.get("mode")
        return f"{self.endpoint.name}/{chosen}" if chosen else self.endpoint.name

    def with_idempotency_key(self, key: str) -> Self:
        """Return a copy with an idempotency key, if the service takes one and none is set."""
        name = self.endpoint.idempotency_field
        if self.endpoint.retry_safe != "key" or getattr(self, name, None):
            return self
        return cast("Self", cast("Request", self).model_copy(update={name: key}))

    def with_webhook_url(self, url: str) -> Self:
        """Return a copy whose job's end is delivered to a URL, if the service takes one and none is set."""
        request = cast("Request", self)
        if "webhook_url" not in type(request).model_fields or getattr(self, "webhook_url", None):
            return self
        return cast("Self", request.model_copy(update={"webhook_url": url}))

    def bulk_endpoint(self) -> Endpoint | None:
        """Return the endpoint that takes many subjects at once; None when there is none."""
        together = operation_class(self.endpoint.bulk)
        return None if together is None else together.endpoint

    def batch_key(self, *, in_files: bool = False) -> str | None:
        """Return a key shared by operations that fit into one submit; None for one that must be sent alone.

        Args:
            in_files: Whether the submit may be a file of rows, as well as a list of leads.
        """
        bulk = self.bulk_endpoint()
        if bulk is None or (bulk.takes_file and not in_files):
            return None
        fields = self.payload()
        if "webhook_url" in fields:
            return None
        common = fields | {self.endpoint.subject: None}
        return json.dumps([self.endpoint.name, common], sort_keys=True)

    def batch_with(self, others: Sequence[JobOperation[Any]], key: str) -> JobOperation[Any]:
        """Return one bulk operation for this operation and others of the same `batch_key`.

        Args:
            others: The further operations; answers come back in this order, this operation's first.
            key: Idempotency key of the bulk operation, where the service takes one.
        """
        made, subject = cast("type[Operation[Any]]", operation_class(self.endpoint.bulk)), self.endpoint.subject
        known = cast("type[Request]", made).model_fields
        common = {name: value for name, value in self.payload().items() if name != subject}
        own = {name: value for name, value in common.items() if name in known}
        subjects = [cast("Mapping[str, JsonValue]", question.payload()[subject]) for question in (self, *others)]
        if made.endpoint.takes_file:
            from sixtyfour_async.operations._files import Upload, encode_rows  # noqa: PLC0415 (few jobs are files)

            own["file"] = cast("Any", Upload(encode_rows(subjects), "rows.csv"))
        else:
            own["leads"] = cast("JsonValue", subjects)
        build: Any = made
        asked: JobOperation[Any] = build(**own, extra={name: common[name] for name in common if name not in own})
        return asked.with_idempotency_key(key)


class PagedOperation(Operation[R_co], Generic[R_co, T_co]):
    """An operation whose answer, an ``R_co``, is one page of ``T_co`` rows."""

    def page_rows(self, page: Any) -> Sequence[T_co]:
        """Return the rows of one page."""
        raise NotImplementedError

    def next_page(self, page: Any) -> Self | None:
        """Return the operation for the next page; None after the last."""
        raise NotImplementedError

    def row_limit(self) -> int | None:
        """Return the number of rows after which to stop, within the last page if need be; None for no limit."""
        return None


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _RequestType
else:

    class _RequestType(type(BaseModel)):
        """The class of operations: each shows its parameters in order, also before pydantic has built it."""

        @property
        def __signature__(cls) -> inspect.Signature:
            return inspect.Signature(parameters(cls))

        @__signature__.setter
        def __signature__(cls, _: object) -> None:
            """Ignore pydantic's own: it has ``extra`` first, and its metadata in the annotations."""


copyreg.pickle(_RequestType, class_reference)


class Request(BaseModel, metaclass=_RequestType):
    """The fields of an operation: frozen, validated, and closed to unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)

    extra: JsonObject = Field(default_factory=dict[str, JsonValue], exclude=True)
    """Further body keys, sent as they are, for parameters that this package does not know yet."""

    if not TYPE_CHECKING:

        def __init__(self, *values: Any, **fields: Any) -> None:
            if values:
                first, name = parameter_names(type(self))[0], type(self).__name__
                raise InputError(f"{name} takes keyword arguments only, such as {name}({first}=…)")
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise input_error(type(self).__name__, parameter_names(type(self)), error) from error
            _check_sendable(self)

    def __init_subclass__(
        cls,
        *,
        name: str = "",
        http: str = "",
        job: str = "",
        **facts: Any,
    ) -> None:
        """Build the `Endpoint` from the class line and enter the class into `REGISTRY`."""
        super().__init_subclass__()
        if not name:
            return
        operation = cast("type[Operation[Any]]", cls)
        facts.setdefault("retry_safe", "always" if http.startswith("GET ") else "never")
        operation.endpoint = Endpoint(
            name=name,
            answer=_answer_type(operation),
            route=Route.parse(http) if http else None,
            job=Route.parse(job) if job else None,
            **facts,
        )
        REGISTRY[name] = operation

    def __eq__(self, other: object) -> bool:
        if _without_arguments(type(self)) is not _without_arguments(type(other)):
            return NotImplemented
        if not isinstance(self, Operation) or not isinstance(other, Operation):
            return NotImplemented
        return self.payload() == other.payload()

    def __hash__(self) -> int:
        return hash(cast("Operation[Any]", self).fingerprint())

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Give pydantic's repr the fields that were set, but for secrets, in the order of the signature."""
        for name in parameter_names(type(self)):
            if name in self.model_fields_set and type(self).model_fields[name].repr:
                yield name, getattr(self, name)


def _without_arguments(cls: type[Any]) -> type[Any]:
    """Return ``X`` for ``X[Lead]``, which asks the same: the content of an operation holds its ``struct``."""
    made: Mapping[str, Any] = getattr(cls, "__pydantic_generic_metadata__", {})
    return made.get("origin") or cls


def _answer_type(cls: type[Operation[Any]]) -> Any:
    """Return ``R`` of ``class X(Request, Operation[R])``; a subclass of an operation inherits its answer type."""
    bases: tuple[Any, ...] = getattr(cls, "__orig_bases__", ())
    for base in bases:
        origin = get_origin(base)
        if isinstance(origin, type) and issubclass(origin, Operation):
            return get_args(base)[0]
    return cls.endpoint.answer if hasattr(cls, "endpoint") else None


def _check_sendable(operation: Operation[Any]) -> None:
    """Raise for values that JSON cannot hold, naming the field: NaN, infinities, lone surrogates."""
    payload = operation.payload()
    if is_surely_json(payload) or problem_with(payload) is None:
        return
    for name, value in payload.items():
        reason = problem_with(value)
        if reason is not None:
            text = f"{type(operation).__name__}: parameter {name!r} {reason}"
            raise InputError(text, field=name, reason=reason)
