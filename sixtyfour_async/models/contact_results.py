"""Results of the finders: addresses, numbers, and people found by them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from sixtyfour_async.models._base import Cents, Model
from sixtyfour_async.models.contacts import EMAILS, PHONES, ContactShape


def _one_contact(shape: ContactShape, value: Any) -> Any:
    """Return the fields of one contact; what holds several, or none, is left for validation to judge."""
    contacts = shape.read(value)
    return contacts[0] if len(contacts) == 1 else value or {}


class EmailAddress(Model):
    """One email address. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email."""

    address: str = ""
    """The address; may be empty with status ``NOT_FOUND``."""
    status: str | None = None
    """Outcome of the verification.

    An open set: ``OK``, ``UNKNOWN``, ``NOT_FOUND``, ``CATCH_ALL``, ``RISKY`` and ``INVALID`` have been seen.
    """
    type: str | None = None
    """``COMPANY`` or ``PERSONAL``; None when the service did not say."""

    @model_validator(mode="before")
    @classmethod
    def _read_shape(cls, value: Any) -> Any:
        """Accept every shape that `EMAILS` reads as one address, such as ``[address, status, type]``."""
        return _one_contact(EMAILS, value)


class EmailResult(Model):
    """Result of `FindEmail`; keys of the lead are echoed beside the fields.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-email.
    """

    email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    """Addresses found; empty when there are none."""
    personal_email: list[EmailAddress] = Field(default_factory=list[EmailAddress])
    """Private addresses found; only with ``mode="PERSONAL"``."""
    cost_cents: Cents = None
    """Charge in US cents; None when the service did not report it."""
    cost_credits: float | None = None
    """Charge in credits, where the service reports it in that unit."""

    @field_validator("email", "personal_email", mode="before")
    @classmethod
    def _read_shapes(cls, value: Any) -> Any:
        return EMAILS.read(value)


class PhoneNumber(Model):
    """One phone number. Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone."""

    number: str = ""
    """The number, as the service writes it."""
    region: str | None = None
    """Region of the number, such as ``US``; None when the service did not say."""

    @model_validator(mode="before")
    @classmethod
    def _read_shape(cls, value: Any) -> Any:
        """Accept every shape that `PHONES` reads as one number, such as the number alone."""
        return _one_contact(PHONES, value)


class PhoneResult(Model):
    """Result of `FindPhone`; keys of the lead are echoed beside the fields.

    Source: docs.sixtyfour.ai, api-reference/endpoint/find-phone.
    """

    phone: list[PhoneNumber] = Field(default_factory=list[PhoneNumber])
    """Numbers found; empty when there are none. The service sends a string or a list of ``{"number", "region"}``."""
    cost_cents: Cents = None
    """Charge in US cents; None when the service did not report it."""
    cost_credits: float | None = None
    """Charge in credits, where the service reports it in that unit."""

    @field_validator("phone", mode="before")
    @classmethod
    def _read_shapes(cls, value: Any) -> Any:
        return PHONES.read(value)


class ReverseResult(Model):
    """Result of `ReverseEmail` and `ReversePhone`: name, company, title, LinkedIn and more, in the service's own keys.

    Those keys can be read as attributes. Source: docs.sixtyfour.ai, api-reference/endpoint/reverse-email.
    """

    cost_cents: Cents = None
    """Charge in US cents; None when the service did not report it."""
    cost_credits: float | None = None
    """Charge in credits, where the service reports it in that unit."""
