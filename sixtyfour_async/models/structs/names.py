"""The keys of an answer → the fields they are meant for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence


def fold_name(name: str) -> str:
    """Return a name without case, spaces and signs, so that ``HQ City``, ``hq_city`` and ``hqCity`` are equal."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def match_names(wanted: Mapping[str, Sequence[str]], given: Iterable[str]) -> dict[str, str]:
    """Match the keys of an answer to fields: equal ones first, then those that are equal when folded, if one only.

    Args:
        wanted: For each field, by its key in requests, every name that it may have.
        given: The keys of the answer.

    Returns:
        Key of the answer → key of the field.
    """
    keys = list(given)
    matched: dict[str, str] = {}
    for fold in (str, fold_name):
        left = {field: names for field, names in wanted.items() if field not in matched.values()}
        claims = {key: _claims(key, left, fold) for key in keys if key not in matched}
        claimed = [fields[0] for fields in claims.values() if len(fields) == 1]
        for key, fields in claims.items():
            if (
                len(fields) == 1
                and (fold is str or claimed.count(fields[0]) == 1)
                and fields[0] not in matched.values()
            ):
                matched[key] = fields[0]
    return matched


def _claims(key: str, wanted: Mapping[str, Sequence[str]], fold: Callable[[str], str]) -> list[str]:
    return [field for field, names in wanted.items() if fold(key) in {fold(name) for name in names}]
