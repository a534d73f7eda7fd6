"""What counts as an answer, for each kind of operation, and how an object is read as its result.

===================== ==================================================================================
Answer                Counts as an answer
===================== ==================================================================================
email, phone          A text with an ``@``, or with digits; not the plain echo of an address that was sent.
structured data       A field of ``struct`` with a value. Without a ``struct``, any field that is no echo of what was
                      sent. For `QAAgent` any such field in either case, and, without a ``struct``, its notes.
other profiles, ages  Any field with a value that is no echo, no cost and nothing about the job.
searches, workflows   Anything but an error: what they return is a handle, a count or files.
lists                 A row that counts as one.
any JSON              Any value that is no echo; the shape is not published, and remains as it is.
===================== ==================================================================================

``false``, 0 and words such as ``"Unknown"`` or ``"N/A"`` are values: the service looked and says so. Null, blank text
and empty lists and objects are none. All of this is assumed; the vendor's pages show answers that succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias, get_origin

from pydantic import JsonValue

from sixtyfour_async._wire.unwrapping import (
    ABOUT_THE_REQUEST,
    TEXT_KEYS,
    decode_text_value,
    is_wrapper,
    levels,
    shorten,
)
from sixtyfour_async.models._base import Model, json_mapping, json_object
from sixtyfour_async.models.contact_results import EmailResult, PhoneResult
from sixtyfour_async.models.contacts import EMAILS, PHONES, ContactShape
from sixtyfour_async.models.spelling import normal_key, normal_text, respell
from sixtyfour_async.models.status_words import error_text, has_content
from sixtyfour_async.operations._base import JobOperation, Operation

_JUDGEMENT = "sixtyfour_async.models.enrichment.QAResult"
_STATUS = "sixtyfour_async.models.jobs.WrappedStatus"


@dataclass(frozen=True)
class Asked:
    """What an operation asks for, as far as its answer is judged by it."""

    operation: Operation[Any]
    answer: Any
    """The class of the answer, or of one row of it."""

    @property
    def cls(self) -> type[Any] | None:
        """The answer's class without its arguments; None when it is no class."""
        return _class_of(self.answer)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The full names of the answer's class and of its bases, the nearest first."""
        return _kinds_of(self.answer)

    @property
    def is_job(self) -> bool:
        return isinstance(self.operation, JobOperation)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields in ``struct``, and of those that hold people."""
        payload = self._payload
        people = ("leads", "people") if payload.get("find_people") or payload.get("lead_struct") else ()
        return (*(json_mapping(payload.get("struct")) or {}), *people)

    @cached_property
    def sent(self) -> Mapping[str, JsonValue]:
        """What was sent, by normalised key; the members of a lead beside the plain parameters."""
        known = [value for name, value in self._payload.items() if name not in {"struct", "lead_struct"}]
        inner = [members for value in known if (members := json_object(value)) is not None]
        return {normal_key(key): value for members in (self._payload, *inner) for key, value in members.items()}

    @cached_property
    def given_key(self) -> str:
        """The key by which a reverse look-up is asked, normalised; "" for any other operation."""
        return normal_key(getattr(self.operation, "required_key", ""))

    @cached_property
    def _payload(self) -> dict[str, JsonValue]:
        return self.operation.payload()

    @property
    def documented(self) -> Collection[str]:
        """The documented keys of the answer."""
        return self.cls.model_fields if self.cls is not None and issubclass(self.cls, Model) else ()

    @property
    def is_judgement(self) -> bool:
        """Whether a record is judged: the answer is then more than the fields asked for."""
        return _JUDGEMENT in self.kinds

    def is_echo(self, key: str, value: JsonValue) -> bool:
        """Return whether a value is what was sent under the same key."""
        name = normal_key(key)
        if name not in self.sent:
            return False
        text = normal_text(value)
        return value == self.sent[name] or (text != "" and text == normal_text(self.sent[name]))

    def was_sent(self, text: str) -> bool:
        """Return whether a text was sent, under any key."""
        return normal_text(text) in set(map(normal_text, self.sent.values()))

    def recognises(self, found: Mapping[str, JsonValue]) -> bool:
        """Return whether an object has a documented key, or repeats what was sent."""
        return any(key in self.documented or self.is_echo(key, value) for key, value in found.items())


@lru_cache(maxsize=512)  # an operation is asked for thousands of times
def _class_of(answer: Any) -> type[Any] | None:
    cls = get_origin(answer) or answer
    return cls if isinstance(cls, type) else None


@lru_cache(maxsize=512)
def _kinds_of(answer: Any) -> tuple[str, ...]:
    cls = _class_of(answer)
    bases = () if cls is None else cls.__mro__
    return tuple(f"{base.__module__}.{base.__qualname__}" for base in bases)


class Found(NamedTuple):
    """An object read as a result."""

    value: JsonValue
    is_answer: bool = False
    recognised: bool = False
    why: str | None = None
    """Why it is no answer, if the object shows that."""


Reader: TypeAlias = Callable[[Asked, dict[str, Any]], Found]


def reader_of(asked: Asked) -> Reader | None:
    """Return how a result of the answer's class is read and judged; None for a class that is not in the table.

    Research is judged however it was asked for, anything else only as a job: a deletion has no answer to miss.
    """
    reader = _reader_for(asked.answer)
    return reader if asked.is_job or reader is read_structured else None


@lru_cache(maxsize=512)
def _reader_for(answer: Any) -> Reader | None:
    return next((READERS[kind] for kind in _kinds_of(answer) if kind in READERS), None)


def is_documented(asked: Asked) -> bool:
    """Return whether the keys of an answer that is not judged are known; a status unwraps itself."""
    return asked.cls is not None and issubclass(asked.cls, Model) and _STATUS not in asked.kinds


# --- contacts ---------------------------------------------------------------------------------------------------------


def _read_contacts(asked: Asked, found: dict[str, Any], shape: ContactShape, keys: Mapping[str, str]) -> Found:
    """Read an object that holds contacts; *keys* are the normalised keys they may be under → the documented ones."""
    value = respell(found, asked.documented)
    for spelling in _spelled(tuple(value), tuple(keys)):
        value = _renamed(value, spelling, keys[spelling])
    held = {name: value[name] for name in dict.fromkeys(keys.values()) if name in value}
    # A lead that has an address already gets it back, with a status; as plain text it is an echo.
    echoed = {name for name, one in held.items() if isinstance(one, str) and asked.was_sent(one)}
    if any(shape.found(one) for name, one in held.items() if name not in echoed):
        return Found(value, is_answer=True, recognised=True)
    return Found(value, recognised=asked.recognises(value), why=_why_no_contact(held, shape))


@lru_cache(maxsize=1024)  # answers of one kind mostly have the same keys
def _spelled(found: tuple[str, ...], spellings: tuple[str, ...]) -> list[str]:
    """Return those of the spellings in which an object has a key, in their order."""
    known = set(map(normal_key, found))
    return [spelling for spelling in spellings if spelling in known]


def _why_no_contact(held: Mapping[str, Any], shape: ContactShape) -> str | None:
    """Return a contact's status, or else what is in its place, as the reason why it is none."""
    statuses = [
        contact.get("status") for one in held.values() for contact in map(json_object, shape.read(one)) if contact
    ]
    status = next((word for word in statuses if isinstance(word, str) and error_text(word)), None)
    return status or next((f"{name}: {shorten(one)}" for name, one in held.items() if has_content([one])), None)


def _renamed(value: dict[str, Any], spelling: str, name: str) -> dict[str, Any]:
    """Return an object whose other word for a documented key is that key, if it holds nothing so far."""
    keys = [key for key in value if normal_key(key) == spelling and key != name]
    if len(keys) != 1 or has_content([value.get(name)]) or not has_content([value[keys[0]]]):
        return value
    return {key: one for key, one in value.items() if key not in {keys[0], name}} | {name: value[keys[0]]}


_EMAIL_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("email", "emails", "emailaddress", "emailaddresses", "workemail", "professionalemail"), "email"),
    **dict.fromkeys(("personalemail", "personalemails"), "personal_email"),
}

_PHONE_KEYS: Mapping[str, str] = dict.fromkeys(
    ("phone", "phones", "phonenumber", "phonenumbers", "mobile", "mobilephone", "mobilenumber"), "phone"
)


def _read_emails(asked: Asked, found: dict[str, Any]) -> Found:
    return _read_contacts(asked, found, EMAILS, _EMAIL_KEYS)


def _read_phones(asked: Asked, found: dict[str, Any]) -> Found:
    return _read_contacts(asked, found, PHONES, _PHONE_KEYS)


_BARE: Mapping[type, tuple[ContactShape, str]] = {EmailResult: (EMAILS, "email"), PhoneResult: (PHONES, "phone")}
"""Class of an answer that may be a contact alone → its shape, and the key it belongs under."""


def read_bare(asked: Asked, raw: JsonValue) -> dict[str, JsonValue] | None:
    """Return a result that is a contact and nothing else, such as ``"ada@acme.example"``; None for anything else."""
    if asked.cls is None or asked.cls not in _BARE:
        return None
    shape, name = _BARE[asked.cls]
    for one in (candidate for level in levels(raw) for candidate in level):
        texts = shape.found(one.value) if json_object(one.value) is None else []
        if texts and all(map(shape.is_bare, texts)) and not all(map(asked.was_sent, texts)):
            return {**one.around, name: one.value}
    return None


# --- fields asked for -------------------------------------------------------------------------------------------------


def read_structured(asked: Asked, found: dict[str, Any]) -> Found:
    """Read an object that holds the fields asked for in ``structured_data``, or beside its other keys."""
    value: dict[str, Any] = respell(found, asked.documented)
    recognised = asked.recognises(value)
    data, problem = _data_of(asked, value.get("structured_data"))
    if not has_content([data]) and problem is None:
        value, beside = _split_beside(asked, value)
        data = {**data, **beside}
    if data or problem:
        value = {**value, "structured_data": data}
    answered = _is_answered(asked, data, value)
    why = None if answered else problem or _only_others(data)
    return Found(value, answered, recognised or bool(data), why)


def _data_of(asked: Asked, given: JsonValue) -> tuple[dict[str, Any], str | None]:
    """Return ``structured_data`` as an object with the names asked for, and what is wrong with it."""
    objects = (members for level in levels(given) for one in level if (members := json_object(one.value)) is not None)
    outermost: dict[str, Any] | None = None
    for members in objects:
        named: dict[str, Any] = respell(members, asked.fields)
        if any(has_content([named.get(name)]) for name in asked.fields):
            return named, None
        outermost = named if outermost is None else outermost
    if outermost is not None:
        return outermost, None
    wrong = has_content([decode_text_value(given)])
    return {}, f"structured_data is no object: {shorten(given)}" if wrong else None


def _split_beside(asked: Asked, value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an object without the fields that stand beside its documented keys, and these."""
    known = {key: one for key, one in value.items() if key in asked.documented}
    others = respell({key: one for key, one in value.items() if key not in known}, asked.fields)
    beside = {key: one for key, one in others.items() if _is_field(asked, key, one)}
    return known | {key: one for key, one in others.items() if key not in beside}, beside


def _is_field(asked: Asked, key: str, value: JsonValue) -> bool:
    """Return whether a member beside the documented keys is one of the fields."""
    if asked.fields:
        return key in asked.fields
    about = normal_key(key) in ABOUT_THE_REQUEST or key == "people"
    return not about and not is_wrapper(key, value) and not _holds_data(value)


def _holds_data(value: JsonValue) -> bool:
    """Return whether ``structured_data`` is somewhere inside a value, which is then a wrapping under another name."""
    objects = [members for level in levels(value) for one in level if (members := json_object(one.value)) is not None]
    return any(normal_key(key) == "structureddata" for members in objects for key in members)


def _is_answered(asked: Asked, data: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    """Return whether something that was asked for came back."""
    if any(has_content([one]) and _is_asked(asked, key, one) for key, one in data.items()):
        return True
    if "people" in asked.fields and has_content(value.get("people")):
        return True
    return asked.is_judgement and not asked.fields and has_content(value.get("notes"))


def _is_asked(asked: Asked, key: str, value: JsonValue) -> bool:
    """Return whether a member of ``structured_data`` is something that was asked for."""
    if key in asked.fields:
        return True
    return (asked.is_judgement or not asked.fields) and not asked.is_echo(key, value)


def _only_others(data: Mapping[str, Any]) -> str | None:
    others = [key for key, value in data.items() if has_content([value])]
    return f"none of the fields asked for came back, only {', '.join(others[:5])}" if others else None


# --- free shapes ------------------------------------------------------------------------------------------------------


def read_profile(asked: Asked, found: dict[str, Any]) -> Found:
    """Read an object whose keys are not published."""
    own = {key: value for key, value in found.items() if not is_wrapper(key, value)}
    facts = {key: value for key, value in own.items() if normal_key(key) not in ABOUT_THE_REQUEST}
    is_answer = any(
        has_content([value]) and normal_key(key) != asked.given_key and not asked.is_echo(key, value)
        for key, value in facts.items()
    )
    return Found(found, is_answer, bool(facts))


def _read_handle(_asked: Asked, found: dict[str, Any]) -> Found:
    """Read an object that leads to the result: a status with a handle, or a file."""
    own = [value for key, value in found.items() if normal_key(key) not in TEXT_KEYS and not is_wrapper(key, value)]
    return Found(found, has_content(own), bool(own))


def read_documented(asked: Asked, found: dict[str, Any]) -> Found:
    """Read an object with documented keys, of which any will do."""
    value = respell(found, asked.documented)
    recognised = any(key in asked.documented for key in value)
    return Found(value, recognised, recognised)


READERS: Mapping[str, Reader] = {
    "sixtyfour_async.models.contact_results.EmailResult": _read_emails,
    "sixtyfour_async.models.contact_results.PhoneResult": _read_phones,
    "sixtyfour_async.models.contact_results.ReverseResult": read_profile,
    "sixtyfour_async.models.enrichment.Intelligence": read_structured,
    _JUDGEMENT: read_structured,
    "builtins.dict": read_profile,
    _STATUS: _read_handle,
    "sixtyfour_async.models.workflows.ResultFile": _read_handle,
}
"""Class of an answer, or a base of it → how a result is read; by name, as one kind must not import all others."""

FREE_SHAPES = frozenset({read_profile, _read_handle})
"""Readers of results that are answers in any shape."""
