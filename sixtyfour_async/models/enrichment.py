"""Results about people and companies: research, judged records, verified ages."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from typing import Annotated, Any, Generic, Self

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    JsonValue,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypeVar

from sixtyfour_async.errors import ConfigurationError, ResponseError
from sixtyfour_async.models._base import Cents, Model, json_array, json_object
from sixtyfour_async.models.jobs import (
    JobState,
    Report,
    Started,
    WrappedStatus,
    answer_fields,
    judged_report,
)
from sixtyfour_async.models.poll_fields import JOB_FIELDS
from sixtyfour_async.models.status_words import has_content
from sixtyfour_async.models.structs.classes import is_struct_class, readable
from sixtyfour_async.models.structs.problems import FieldProblem
from sixtyfour_async.models.structs.reading import read_struct

S = TypeVar("S", default=dict[str, JsonValue])
"""The caller's own class for ``structured_data``; a plain dict when none was passed."""

M = TypeVar("M")


def _no_data() -> Any:
    """Default of ``structured_data``; it is validated, so that the fields it misses are reported."""
    return {}


_PROBLEMS: ContextVar[list[FieldProblem]] = ContextVar("_PROBLEMS")
"""Where the reading of ``structured_data`` leaves its problems for the answer that holds it."""


class _AsStruct:
    """Reads a field as the caller's class, by `read_struct`; any other type is left to pydantic."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not is_struct_class(source):
            return core_schema.no_info_before_validator_function(_without_null, handler(source))

        def read(value: Any, _: object) -> Any:
            found = read_struct(source, value)
            _PROBLEMS.get()[:] = found.problems
            return found.value

        return core_schema.no_info_wrap_validator_function(read, handler(readable(source)))


def _without_null(value: Any) -> Any:
    return {} if value is None else value


class _Structured(Model, Generic[S]):
    structured_data: Annotated[S, _AsStruct] = Field(default_factory=_no_data, validate_default=True)
    """The requested fields: an instance of the class passed as ``struct``, else a dict that may echo input keys."""
    notes: str | None = None
    """Remarks of the service, as text."""
    _problems: tuple[FieldProblem, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_problems(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        problems: list[FieldProblem] = []
        token = _PROBLEMS.set(problems)
        try:
            answer = validate(value)
        finally:
            _PROBLEMS.reset(token)
        if answer is not value:
            answer._problems = tuple(problems)  # noqa: SLF001 (set by its own class)
        return answer

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """The fields of the class passed as ``struct`` that could not be filled, with what the service sent for them.

        Empty for a mapping. A class with ``strict=True`` in its pydantic configuration refuses such an answer instead.
        """
        return self._problems


def _struct_class(cls: type[_Structured[Any]]) -> type[Any] | None:
    """Return the caller's own class; None when ``structured_data`` is a plain dict."""
    shape = cls.model_fields["structured_data"].annotation
    return shape if is_struct_class(shape) else None


class Intelligence(_Structured[S], Generic[S]):
    """Result of research on one person or company.

    A class passed as ``struct`` is filled from what the service writes, as far as that is certain: lists from JSON,
    from Python's notation (``"['a', 'b']"``), from lines or separators; numbers from ``1,200``, ``~500`` or ``$1.2M``
    (not from ``10-50``, ``500+`` or ``12%``); truths from ``Yes, since 2019``; dates that can be read in one way only;
    choices and keys without case, spaces and signs. ``Unknown``, ``Not publicly disclosed`` and the like are "not
    found", but stay text where the class declares text. Any other value costs its field alone: it is None, or has its
    default, and is listed in `problems`. A required field that was not found is None, too.

    Shape: ``{"structured_data": {field: value}, "confidence_score": number, "references": {url: title}, …}``.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead and enrich-company.
    """

    confidence_score: float | None = None
    """Confidence in the whole answer, unscaled: the vendor's pages use 0 to 10, one example has 0.92."""
    references: JsonValue = None
    """Sources, as a mapping of URL to page title or description."""
    findings: list[JsonValue] | None = None
    """Deprecated by the service and usually empty."""
    field_confidence: JsonValue = None
    """Confidence per field, in the structure of ``struct``, with integers 0 to 100 or None; None without access."""

    @model_validator(mode="before")
    @classmethod
    def _keep_people(cls, value: Any) -> Any:
        """Copy the people found out of ``structured_data``: the caller's class need not have a field for them."""
        answer = json_object(value)
        leads = json_object((answer or {}).get("structured_data") or {}) or {}
        if answer is None or not leads.get("leads") or answer.get("people") or _struct_class(cls) is None:
            return value
        return {**answer, "people": leads["leads"]}

    @property
    def people(self) -> list[dict[str, Any]]:
        """People found with ``find_people``, from ``structured_data.leads`` or the top-level ``people``.

        Usual keys: ``name``, ``title``, ``company``, ``email``, ``phone``, ``linkedin``, ``score`` (0 to 10, as text).
        """
        data = json_object(self.structured_data) or {}
        found = json_array(data.get("leads")) or json_array((self.model_extra or {}).get("people")) or []
        return [person for person in map(json_object, found) if person is not None]

    def people_as(self, cls: type[M]) -> list[M]:
        """Return the people found as instances of ``cls``, usually the class passed as ``lead_struct``.

        A field that cannot be read costs that field, as in ``structured_data``; `people` has the values as they came.

        Raises:
            ResponseError: A person does not fit a class that is strict.
            ConfigurationError: ``cls`` is no pydantic model, dataclass or TypedDict.
        """
        if not is_struct_class(cls):
            raise ConfigurationError(f"{cls!r} is no pydantic model, dataclass or TypedDict")
        try:
            return [read_struct(cls, person).value for person in self.people]
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            path = ".".join(str(part) for part in first["loc"])
            raise ResponseError(
                f"a person found does not fit {cls.__name__}: {path}: {first['msg']}", expected=cls.__name__
            ) from error


class QAResult(_Structured[S], Generic[S]):
    """Result of `QAAgent`; the service sends every value in ``structured_data`` as text, which a class reads.

    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.
    """


class BulkStarted(Started):
    """Answer to the submit of a bulk job; a repeated idempotency key returns only ``already_started`` beside the id.

    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """

    row_count: int | None = None
    """Number of rows in the file."""
    estimated_cost_cents: Cents = None
    """Least cost in US cents; people found with ``find_people`` come on top."""
    estimated_cost_credits: float | None = None
    """The same in credits; only with ``cost_units="credits"``."""
    already_started: bool | None = None
    """True when the idempotency key repeats an earlier request, which started this job."""


class AgeStatus(WrappedStatus):
    """Answer of `GetAgeStatus`: id and status while running, then a result of unpublished shape.

    The keys of the result can be read as attributes. Source: the vendor's specification, verify-age.
    """

    task_id: str = ""
    """Id of the job."""
    status: str = ""
    """The service's status word."""

    def report(self) -> Report:
        """Return the status as a `Report`, whose result is every key beside id and status."""
        found = answer_fields(self)
        # Assumed: the finished answer has no status of its own, only the result.
        has_result = any(has_content([value]) for name, value in found.items() if name not in JOB_FIELDS)
        report = judged_report(self, has_result=has_result)
        completed = report.state is JobState.COMPLETED
        return replace(report, word=report.word or str(report.state), result=found if completed else None)
