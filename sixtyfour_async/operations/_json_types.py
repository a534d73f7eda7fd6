"""Types of parameters that hold JSON of any shape, taken as programs and data frames have it.

numpy's numbers, dates, Decimals, tuples and the like are turned into JSON; see `sixtyfour_async._values.plain`. What is
missing in a data frame (NaN, NaT, NA) is left out of a subject, and refused elsewhere: a filter with a value missing is
another filter.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue, ValidatorFunctionWrapHandler, WrapValidator

from sixtyfour_async._values import is_plain_row, plain

_AS_JSON = BeforeValidator(partial(plain, drop_missing=False))

JsonObject: TypeAlias = Annotated[Mapping[str, JsonValue], _AS_JSON]
"""A JSON object with any keys."""


def _subject(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Validate a subject. pydantic would look at each value of a plain row with a Python function of its own."""
    return dict(value) if value and is_plain_row(value) else validate(plain(value))


Subject: TypeAlias = Annotated[Mapping[str, JsonValue], Field(min_length=1), WrapValidator(_subject)]
"""What is already known about one person or company, under free keys; at least one.

Usual keys: ``name``, ``company``, ``title``, ``email``, ``phone``, ``linkedin``, ``website``, ``domain``. A row of a
data frame will do: a key whose value is NaN, NaT or NA is left out, a date is sent as ISO 8601 text.
"""
