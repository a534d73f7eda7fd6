"""What every answer has in common: frozen, and tolerant of keys that the service added or left out."""

from __future__ import annotations

import copyreg
import logging
import math
import operator
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias, TypeGuard, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ModelWrapValidatorHandler,
    SkipValidation,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

T = TypeVar("T")

logger = logging.getLogger("sixtyfour_async.jobs")

MAX_CHARGE_CENTS = 100_000_000.0
"""A charge above this, a million dollars for one job, is a fault of whoever reports it."""

_warned_charges: set[str] = set()
"""The kinds of refused charges that were warned about in this process."""

Json = Annotated[JsonValue, SkipValidation]
"""JSON that was just decoded, and so is valid: pydantic would call a Python function for each value in it."""

Instant = Annotated[datetime | str | None, Field(union_mode="left_to_right")]
"""A point in time from ISO 8601 text; text that cannot be parsed is kept as a string."""


def class_reference(cls: Any) -> Any:
    """Return how pickle refers to a pydantic class: by name, or as a generic class and its arguments.

    A parametrised class such as ``Intelligence[Lead]`` is made at run time and cannot be imported by name, so pickle
    refuses it and every value that it is the class of. The generic class and the arguments can be imported.
    """
    made = json_object(cls.__dict__.get("__pydantic_generic_metadata__")) or {}
    return (operator.getitem, (made["origin"], made["args"])) if made.get("origin") else cls.__qualname__


# Registered for the metaclass, so that it serves every place where such a class can be: the class of an answer, a
# caller's own `Page[Lead]` as `struct`, and its values at any depth of an answer. Other classes are pickled as before.
if type(BaseModel) not in copyreg.dispatch_table:
    copyreg.pickle(type(BaseModel), class_reference)


class Model(BaseModel):
    """An answer of the service. Unknown keys are kept and can be read as attributes.

    An optional field whose value has the wrong type (null for text, ``"many"`` for a number) takes its default, and a
    list loses the items that do not fit, so that an answer that was paid for is not lost over a detail. Only a field
    without a default can make an answer unreadable, or one whose default is itself validated, which is how the caller's
    own class is declared.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        protected_namespaces=(),
        coerce_numbers_to_str=True,
        defer_build=True,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _drop_invalid_optionals(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(value)
        except ValidationError as error:
            places = [item["loc"] for item in error.errors(include_url=False, include_context=False)]
            answer = json_object(value) or {}
            invalid = {key for key in answer if key in cls._optional_keys() and any(at[:1] == (key,) for at in places)}
            if not invalid:
                raise
            kept = {key: answer[key] for key in answer if key not in invalid}
            lists = {key: _fitting_items(key, items, places) for key in invalid if (items := json_array(answer[key]))}
            try:
                return validate(kept | lists)
            except ValidationError:
                return validate(kept)

    @classmethod
    def _optional_keys(cls) -> set[Any]:
        """Return the keys of an answer that may be missing."""
        optional = [
            (name, field)
            for name, field in cls.model_fields.items()
            if not field.is_required() and not field.validate_default
        ]
        return {key for name, field in optional for key in (name, field.alias) if key}


def _fitting_items(key: str, items: list[Any], places: Sequence[tuple[int | str, ...]]) -> list[Any]:
    """Return the items of a list under *key* that no error is about; an error about the list itself names no item."""
    invalid = {place[1] for place in places if place[:1] == (key,) and len(place) > 1}
    return [item for number, item in enumerate(items) if number not in invalid]


def read_cents(value: object) -> float | None:
    """Return a charge in US cents; None for what is none, such as ``NaN`` as text, a negative or an endless number.

    A ledger adds charges up, and one that is not a number would leave every cap without effect. What was refused as a
    charge counts as not reported; that is logged once for each kind of fault.
    """
    if value is None:
        return None
    cents = _number(value)
    fault = _fault_of_charge(cents)
    if fault is not None and fault not in _warned_charges:
        _warned_charges.add(fault)
        logger.warning("a charge of %.40r is %s: it counts as not reported", value, fault)
    return cents if fault is None else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _fault_of_charge(cents: float | None) -> str | None:
    """Return why a number is no charge; None when it is one."""
    if cents is None:
        return "no number"
    if not math.isfinite(cents):
        return "not finite"
    if cents < 0:
        return "negative"
    return "absurd" if cents > MAX_CHARGE_CENTS else None


Cents = Annotated[float | None, BeforeValidator(read_cents)]
"""A charge in US cents; None when the service did not report one."""


def _unwrap_list(value: Any) -> Any:
    """Return a list, or the one inside an object; null is empty, and a null row becomes ``{}`` to keep its place."""
    wrapper = json_object(value)
    if wrapper is not None:
        inside = [rows for key in ("results", "leads", "data", "items") if (rows := json_array(wrapper.get(key)))]
        value = inside[0] if inside else [wrapper] if wrapper else []
    rows = json_array([] if value is None else value)
    return value if rows is None else [{} if row is None else row for row in rows]


def _keep_odd_row(row: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """Validate a row; one that is no object, where one is needed, is kept as ``value``, for the others' sake."""
    try:
        return validate(row)
    except ValidationError:
        if json_object(row) is not None:
            raise
        return validate({"value": row})


Rows: TypeAlias = Annotated[list[Annotated[T, WrapValidator(_keep_odd_row)]], BeforeValidator(_unwrap_list)]
"""A list that may arrive bare or wrapped in an object, because the service's pages do not say which.

A row that is no object, where one is expected, keeps its place: it is read as ``{"value": row}``.
"""


def json_object(value: object) -> dict[str, Any] | None:
    """Return decoded JSON if it is an object, else None."""
    return cast("Any", value) if isinstance(value, dict) else None


def json_mapping(value: object) -> Mapping[Any, Any] | None:
    """Narrow a value to a mapping of any kind, or None."""
    return value if _is_mapping(value) else None


def json_array(value: object) -> list[Any] | None:
    """Return decoded JSON if it is an array, else None."""
    return cast("Any", value) if isinstance(value, list) else None


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)
