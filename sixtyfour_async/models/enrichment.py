"""Answers about people and companies."""

from __future__ import annotations

from typing import Any, Generic

from pydantic import BaseModel, Field, JsonValue, ValidationError, field_validator, model_validator
from typing_extensions import TypeVar

from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models._base import Model, json_array, json_object
from sixtyfour_async.models.jobs import JobState, Report, Started, first_text, read_state
from sixtyfour_async.models.struct import adapt

S = TypeVar("S", default=dict[str, JsonValue])
"""The caller's own class for ``structured_data``; a plain dict when none was given."""


M = TypeVar("M", bound=BaseModel)


def _nothing() -> Any:
    """What an answer without data is read as; a class of the caller's own then says what it misses."""
    return {}


class _Structured(Model, Generic[S]):
    structured_data: S = Field(default_factory=_nothing, validate_default=True)
    notes: str | None = None

    @field_validator("structured_data", mode="before")
    @classmethod
    def _into_shape(cls, value: Any) -> Any:
        found = json_object({} if value is None else value)
        wanted = _wanted(cls)
        return adapt(found, wanted) if found is not None and wanted is not None else found or value or {}


def _wanted(cls: type[_Structured[Any]]) -> type[BaseModel] | None:
    """The caller's own class, if there is one."""
    shape = cls.model_fields["structured_data"].annotation
    return shape if isinstance(shape, type) and issubclass(shape, BaseModel) else None


class Intelligence(_Structured[S], Generic[S]):
    """What research found.

    Shape: ``{"structured_data": {field: value}, "confidence_score": number, "references": {url: title}, …}``.
    Units: ``confidence_score`` is 0 to 10 on the vendor's pages and 0.92 in one example: it is passed on as it came;
    ``field_confidence`` mirrors ``struct`` with integers 0 to 100.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead and enrich-company.
    """

    confidence_score: float | None = None
    references: JsonValue = None
    findings: list[JsonValue] | None = None
    field_confidence: JsonValue = None

    @model_validator(mode="before")
    @classmethod
    def _keep_people(cls, value: Any) -> Any:
        """Keep the people found beside a class of the caller's own, which need not have a field for them."""
        answer = json_object(value)
        leads = json_object((answer or {}).get("structured_data") or {}) or {}
        if answer is None or not leads.get("leads") or answer.get("people") or _wanted(cls) is None:
            return value
        return {**answer, "people": leads["leads"]}

    @property
    def people(self) -> list[dict[str, Any]]:
        """People found with ``find_people``, wherever the service put them this time."""
        data = json_object(self.structured_data) or {}
        found = json_array(data.get("leads")) or json_array((self.model_extra or {}).get("people")) or []
        return [person for person in map(json_object, found) if person is not None]

    def people_as(self, cls: type[M]) -> list[M]:
        """Read the people found as the class that was given as ``lead_struct``.

        Raises:
            ResponseError: One of them does not fit.
        """
        try:
            return [cls.model_validate(adapt(person, cls)) for person in self.people]
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ResponseError(
                f"a person found does not fit {cls.__name__}: {place}: {first['msg']}", expected=cls.__name__
            ) from error


class EmailAddress(Model):
    """One address.

    ``status`` is an open set: ``OK``, ``UNKNOWN``, ``NOT_FOUND``, ``CATCH_ALL``, ``RISKY``, ``INVALID`` were seen;
    ``type`` is ``COMPANY`` or ``PERSONAL``.
    """

    address: str = ""
    status: str | None = None
    type: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        """Read ``[address, status, type]``; the vendor's webhook example has two items only."""
        parts = json_array(value)
        if parts is not None:
            return dict(zip(("address", "status", "type"), parts, strict=False))
        return {"address": value} if isinstance(value, str) else value or {}


class EmailResult(Model):
    """What find-email found, with the lead echoed beside it.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    personal_email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    cost_cents: float | None = None
    cost_credits: float | None = None

    @field_validator("email", "personal_email", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        if not value:
            return []
        return [value] if isinstance(value, str | dict) else value


class PhoneNumber(Model):
    """One number, with the region it belongs to when the service says so."""

    number: str = ""
    region: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"number": value} if isinstance(value, str | int) else value or {}


class PhoneResult(Model):
    """What find-phone found. The service sends a text, ``""``, or a list of ``{"number", "region"}``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    phone: list[PhoneNumber] = Field(default_factory=list[PhoneNumber])
    cost_cents: float | None = None
    cost_credits: float | None = None

    @field_validator("phone", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        if not value:
            return []
        return [value] if isinstance(value, str | dict | int) else value


class ReverseResult(Model):
    """Whom an address or number belongs to: name, company, title, LinkedIn and more, as the service sends them."""

    cost_cents: float | None = None
    cost_credits: float | None = None


class QAResult(_Structured[S], Generic[S]):
    """A judged record; values in ``structured_data`` are texts.

    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.
    """


class BulkStarted(Started):
    """``POST /bulk-intelligence/…``. The estimate is a floor; a replay by key says ``already_started`` and no more.

    Source: docs.sixtyfour.ai, api-reference/endpoint/bulk-intelligence.
    """

    row_count: int | None = None
    estimated_cost_cents: float | None = None
    estimated_cost_credits: float | None = None
    already_started: bool | None = None


_OF_FAILURE = ("error", "detail", "message", "error_message")


class AgeStatus(Model):
    """``GET /verify-age/{task_id}``: an id and a word until it is completed, then an answer of unpublished shape."""

    task_id: str = ""
    status: str = ""

    def report(self) -> Report:
        """Bring it into the form the runner reads; everything beside id and word is the answer."""
        found = {key: value for key, value in (self.model_extra or {}).items() if key not in _OF_FAILURE}
        state = read_state(self.status) if self.status or not found else JobState.COMPLETED
        return Report(
            state=state,
            word=self.status or str(state),
            result=found if state is JobState.COMPLETED else None,
            error=first_text(self, *_OF_FAILURE),
        )
