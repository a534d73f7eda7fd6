"""Answers about people and companies."""

from __future__ import annotations

from typing import Any, Generic

from pydantic import BaseModel, Field, JsonValue, field_validator, model_validator
from typing_extensions import TypeVar

from sixtyfour_async.models._base import Model, json_array, json_object
from sixtyfour_async.models.struct import adapt

S = TypeVar("S", default=dict[str, JsonValue])
"""The caller's own class for ``structured_data``; a plain dict when none was given."""


class Intelligence(Model, Generic[S]):
    """What research found.

    Shape: ``{"structured_data": {field: value}, "confidence_score": number, "references": {url: title}, …}``.
    Units: ``confidence_score`` is 0 to 10 on the vendor's pages and 0.92 in one example: it is passed on as it came;
    ``field_confidence`` mirrors ``struct`` with integers 0 to 100.
    Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead and enrich-company.
    """

    structured_data: S
    confidence_score: float | None = None
    references: JsonValue = None
    notes: str | None = None
    findings: list[JsonValue] | None = None
    field_confidence: JsonValue = None

    @field_validator("structured_data", mode="before")
    @classmethod
    def _into_shape(cls, value: Any) -> Any:
        wanted = cls.model_fields["structured_data"].annotation
        found = json_object(value)
        if found is not None and isinstance(wanted, type) and issubclass(wanted, BaseModel):
            return adapt(found, wanted)
        return value

    @property
    def people(self) -> list[dict[str, Any]]:
        """People found with ``find_people``, wherever the service put them this time."""
        data = json_object(self.structured_data)
        inside = getattr(self.structured_data, "leads", None) if data is None else data.get("leads")
        found = json_array(inside) or json_array((self.model_extra or {}).get("people")) or []
        return [person for person in map(json_object, found) if person is not None]


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
        return {"address": value} if isinstance(value, str) else value


class EmailResult(Model):
    """What find-email found, with the lead echoed beside it.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    personal_email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    cost_cents: float | None = None

    @field_validator("email", "personal_email", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        if not value:
            return []
        return [value] if isinstance(value, str) else value


class PhoneNumber(Model):
    """One number, with the region it belongs to when the service says so."""

    number: str = ""
    region: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"number": value} if isinstance(value, str) else value


class PhoneResult(Model):
    """What find-phone found. The service sends a text, ``""``, or a list of ``{"number", "region"}``.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    phone: list[PhoneNumber] = Field(default_factory=list[PhoneNumber])
    cost_cents: float | None = None

    @field_validator("phone", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        if not value:
            return []
        return [value] if isinstance(value, str | dict) else value


class ReverseResult(Model):
    """Whom an address or number belongs to: name, company, title, LinkedIn and more, as the service sends them."""

    cost_cents: float | None = None


class QAResult(Model):
    """A judged record; values in ``structured_data`` are texts.

    Source: docs.sixtyfour.ai, api-reference/endpoint/qa-agent.
    """

    structured_data: dict[str, JsonValue]
    notes: str | None = None
