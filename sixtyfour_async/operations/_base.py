"""What can be asked, as values: one frozen class per question, one registry of them all.

An operation is validated when it is made, compared and hashed by content, printed, journalled and replayed. A question
that the service also takes as a job has two routes, and is still one question::

    class FindEmail(Request, JobOperation[EmailResult], name="find-email", http="POST /find-email",
                    job="POST /find-email-async"): ...

`AsyncClient.send` uses the first route, ``submit`` and `JobRunner` the second. Everything about a route is said in the
class line and read from `REGISTRY` by whoever needs it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from sixtyfour_async.errors import InputError
from sixtyfour_async.models.jobs import Started
from sixtyfour_async.operations._files import Upload, written
from sixtyfour_async.operations._input_errors import input_error
from sixtyfour_async.operations._parameters import parameter_names, parameters

R_co = TypeVar("R_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)

RetrySafety: TypeAlias = Literal["always", "key", "never"]
"""May a request that perhaps arrived be sent again?

``always``: reads, and what changes nothing the second time. ``key``: when it carries the key that lets the service
recognise it. ``never``: it could be paid twice.
"""

BodyKind: TypeAlias = Literal["json", "form", "multipart"]
Standing: TypeAlias = Literal["published", "documented", "unpublished"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. ``path`` holds ``{field}`` for path parameters."""

    method: str
    path: str

    @classmethod
    def parse(cls, text: str) -> Route:
        """Read ``"POST /find-email"``."""
        method, path = text.split(" ", 1)
        return cls(method, path)

    @property
    def parameters(self) -> list[str]:
        """The fields that stand in the path, in order."""
        return re.findall(r"\{(\w+)\}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known about one operation besides its fields: a row of the table that everything reads.

    Attributes:
        name: The API's own name, such as ``"find-email"``.
        answer: The type an answer is decoded to.
        route: Where it is asked and answered in one request; None when the service takes it as a job only.
        job: Where it is submitted as a job; None when it is not one.
        repeat: Whether it may be sent again after it perhaps arrived.
        idempotency_key: The field that must be set for ``retry_safe="key"``.
        read_timeout: Seconds to wait for the answer of ``route``.
        in_query: Fields that travel in the query string although the method is not GET.
        in_headers: Fields that travel as headers, field name → header name.
        job_limit: A limit on how many jobs may run at once, such as ``"deep-search"``; "" when there is none.
        look: The operation that a job of this kind is looked at with, by name; it takes the job's id and nothing else.
        started: The model of the answer to a submit.
        id_field: Where that answer keeps the job's id.
        reports_charge: Does the service say what a job of this kind was charged?
        body: How the fields that are left for the body travel.
        events: Is the answer a stream of server-sent events? Then ``answer`` is the type of one event's data.
        keyless: Is it asked without the key?
        fallback: The operation, by its name, to ask with the same fields when the service does not know this route.
        cancel: The operation, by its name, that cancels such a job by its ``job_id``; "" when the service has none.
        subject: The field that holds what is asked about, for questions that a row of a table can ask.
        together: The operation, by its name, that asks about many: about ``leads``, or about the rows of a ``file``.
        standing: ``published`` in the newest specification; ``documented`` on a page, or in an older specification;
            ``unpublished``: the dashboard's own plumbing, which may change without notice.
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
        """Does it upload a file?"""
        return self.body == "multipart"


REGISTRY: dict[str, type[Operation[Any]]] = {}
"""Every operation by its name; filled as the classes are defined."""


class Operation(Generic[R_co]):
    """One question to the service; ``R_co`` is what comes back. The fields are a `Request`."""

    endpoint: ClassVar[Endpoint]

    def answer_type(self) -> Any:
        """Name the type that an answer is decoded to."""
        return self.endpoint.answer

    def payload(self) -> dict[str, JsonValue]:
        """Every field that was set, in wire form.

        What was not set is left out, so that the service's own defaults hold.
        """
        request = cast("Request", self)
        dumped = request.model_dump(mode="json", exclude_unset=True, exclude_none=True, by_alias=True)
        return dumped | dict(request.extra)

    def fingerprint(self) -> str:
        """Name the question by its content: 32 hex digits, the same in every process and version of Python."""
        content = [self.endpoint.name, self.payload()]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def is_retry_safe(self) -> bool:
        """Say whether sending this again can cost nothing, even if it arrived the first time."""
        upload = getattr(self, "file", None)
        if isinstance(upload, Upload) and not upload.replayable:
            return False
        if self.endpoint.retry_safe == "key":
            return bool(getattr(self, self.endpoint.idempotency_field, None))
        return self.endpoint.retry_safe == "always"

    def takes_body(self) -> bool:
        """Say whether any field travels in the body; such a route wants a body, if only an empty object."""
        endpoint = self.endpoint
        routes = [route for route in (endpoint.route, endpoint.job) if route]
        if all(route.method in {"GET", "DELETE"} for route in routes):
            return False
        elsewhere = {"extra", *endpoint.in_query, *endpoint.in_headers}.union(*(route.parameters for route in routes))
        return not elsewhere.issuperset(cast("type[Request]", type(self)).model_fields)


class JobOperation(Operation[R_co], Generic[R_co]):
    """A question that runs for a while over there and is looked at until it ends."""

    def poll(self, job_id: str) -> Operation[Any]:
        """Make the question "how is it going?" for one job; its answer has a ``report()``."""
        asked: Any = REGISTRY[self.endpoint.poll]
        return cast("Operation[Any]", asked(**{asked.endpoint.route.parameters[0]: job_id}))

    def poll_many(self) -> Operation[Any] | None:
        """Make the question "how are all of them going?", when this kind has one.

        Its answer is a list whose items have a ``job_id`` and a ``report()``.
        """
        return None

    def variant(self) -> str:
        """Name what price and run time depend on: ``"people-intelligence/low"``, ``"find-email"``."""
        chosen = getattr(self, "tier", None) or getattr(self, "mode", None)
        return f"{self.endpoint.name}/{chosen}" if chosen else self.endpoint.name

    def with_idempotency_key(self, key: str) -> Self:
        """Add the key by which the service knows a submit again, where it takes one and none was given."""
        name = self.endpoint.idempotency_field
        if self.endpoint.retry_safe != "key" or getattr(self, name, None):
            return self
        return cast("Self", cast("Request", self).model_copy(update={name: key}))

    def bulk_endpoint(self) -> Endpoint | None:
        """Name the endpoint that asks this about many at once; None when there is none."""
        together = REGISTRY.get(self.endpoint.bulk)
        return None if together is None else together.endpoint

    def batch_key(self, *, in_files: bool = False) -> str | None:
        """Name what questions have in common that can travel in one submit; None for one that must go alone.

        Args:
            in_files: May the submit be a file of rows, as well as a list of leads?
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
        """Ask this question and others of the same `sharing` in one; the answer is a list, or a file.

        Args:
            others: The questions after this one, in the order in which their answers are told apart.
            key: What the service knows the submit by when it is repeated, where it takes such a key.
        """
        made, subject = REGISTRY[self.endpoint.bulk], self.endpoint.subject
        known = cast("type[Request]", made).model_fields
        common = {name: value for name, value in self.payload().items() if name != subject}
        own = {name: value for name, value in common.items() if name in known}
        subjects = [cast("Mapping[str, JsonValue]", question.payload()[subject]) for question in (self, *others)]
        if made.endpoint.takes_file:
            own["file"] = cast("Any", Upload(written(subjects), "rows.csv"))
        else:
            own["leads"] = cast("JsonValue", subjects)
        build: Any = made
        asked: JobOperation[Any] = build(**own, extra={name: common[name] for name in common if name not in own})
        return asked.with_idempotency_key(key)


class PagedOperation(Operation[R_co], Generic[R_co, T_co]):
    """A question whose answer, ``R_co``, is one page of rows, ``T_co``."""

    def page_rows(self, page: Any) -> Sequence[T_co]:
        """Read the rows of one page."""
        raise NotImplementedError

    def next_page(self, page: Any) -> Self | None:
        """Make the question for the page after this one; None when the service says that this was the last."""
        raise NotImplementedError

    def row_limit(self) -> int | None:
        """Say after how many rows to stop, the last page cut to it; None for all there are."""
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


class Request(BaseModel, metaclass=_RequestType):
    """The fields of an operation: frozen, and nothing that is not a field."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)

    extra: Mapping[str, JsonValue] = Field(default_factory=dict[str, JsonValue], exclude=True)
    """Body keys that the service added and this package does not know yet."""

    if not TYPE_CHECKING:

        def __init__(self, **fields: Any) -> None:
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
        """Read the class line into class attributes and enter the class into `REGISTRY`."""
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
        if type(self) is not type(other) or not isinstance(self, Operation) or not isinstance(other, Operation):
            return NotImplemented
        return self.payload() == other.payload()

    def __hash__(self) -> int:
        return hash(cast("Operation[Any]", self).fingerprint())

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """Give pydantic's repr the fields that were set, but for secrets, in the order of the signature."""
        for name in parameter_names(type(self)):
            if name in self.model_fields_set and type(self).model_fields[name].repr:
                yield name, getattr(self, name)


def _answer_type(cls: type[Operation[Any]]) -> Any:
    """Read ``R`` from ``class X(Request, Operation[R])``; an alias has the answer of the class it is one of."""
    bases: tuple[Any, ...] = getattr(cls, "__orig_bases__", ())
    for base in bases:
        origin = get_origin(base)
        if isinstance(origin, type) and issubclass(origin, Operation):
            return get_args(base)[0]
    return cls.endpoint.answer if hasattr(cls, "endpoint") else None


def _check_sendable(operation: Operation[Any]) -> None:
    """Refuse what JSON cannot hold, naming the field: NaN, infinities, half a surrogate pair."""
    for name, value in operation.payload().items():
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except ValueError as error:
            reason = f"cannot be sent as JSON: {error}"
            text = f"{type(operation).__name__}: parameter {name!r} {reason}"
            raise InputError(text, field=name, reason=reason) from error
