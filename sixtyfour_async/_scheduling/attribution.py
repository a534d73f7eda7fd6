"""Which row of a batch's answer belongs to which lead.

No page of the service states the order of a batch's answer. A row that is given to the wrong lead is worse than one
that is lost: the loss is reported, the mistake is not. So a lead gets the row that the evidence names, or none.

Evidence is what a row repeats of a lead: values under the lead's own keys, compared without case, white space and
Unicode form, in the row itself or in an object inside it, and an index. From it follows, for each row and lead:

- The row *contradicts* the lead when it repeats one of its keys with another value. It never goes to that lead.
- Otherwise it *supports* the lead; the strength is the number of its keys that agree, and one more for the index.

A row *points at* the lead that it supports most, if that is one lead; leads that say the same count as one: among them
a row goes to the one that it repeats to the letter, and any order is right where none differs. It is *torn*, and points
at none, when it supports several equally (it repeats the company, and they share it), or when another lead agrees on
the same keys and is contradicted only by a key that the first one lacks: it may be the other's row, altered. Each lead
gets the strongest row that points at it, unless several are equally strong and differ.

A torn row is decided by elimination in one case: all leads but one have a stronger row, and the row repeats all of that
one and no more. This is how ``{"name": "Ada"}`` is told from ``{"name": "Ada", "company": "Acme"}``. Elimination in
general would be wrong: where one row came twice, shortened, and another is missing, it would hand over the copy.

Rows may come under names instead of in a list; what a name says counts like a value in the row (`row_names`).

What an answer *finds* is no evidence: the address that `FindEmail` finds, every key but the given one of
`ReverseEmail`. Inside an object such as ``lead`` or ``input``, which quotes the question, every key is evidence.

Position is the last resort, for rows without any evidence. It is sound only if the service kept the order and the
count, so it is used only when there are as many rows as leads and no row of the answer disproves the order by
contradicting the lead of its own place, by supporting others more, or by mentioning another, wherever it does
(`row_order`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue

from sixtyfour_async._scheduling.row_names import said_by_name
from sixtyfour_async._scheduling.row_numbers import INDEX_KEYS, Texts, numbers_under, places_named
from sixtyfour_async._scheduling.row_order import order_is_disproved
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.spelling import normal_key, normal_text

MatchedBy: TypeAlias = Literal["echo", "index", "position"]

MAX_NESTING_LEVELS = 2
"""Levels of objects inside a row that are searched for evidence."""

_QUOTES = frozenset({"lead", "input", "query", "request", "question", "subject", "original", "leadinfo", "inputdata"})
"""Objects in which a service repeats the question. Assumed."""

_FOUND_KEYS: Mapping[str, Collection[str]] = {
    "find-email": {"email", "emails", "personalemail", "workemail", "costcents", "costcredits"},
    "find-phone": {"phone", "phones", "phonenumber", "phonenumbers", "costcents", "costcredits"},
}
"""Operation → keys that its answer finds; all others are repeated from the lead."""

_GIVEN_KEYS: Mapping[str, Collection[str]] = {"reverse-email": {"email"}, "reverse-phone": {"phone"}}
"""Operation → keys that its answer repeats; all others are found."""


@dataclass(frozen=True, slots=True)
class Match:
    """The row of a lead, or why it has none.

    Attributes:
        row: The row's place in the answer; None when no row is known to be the lead's own.
        matched_by: What showed it; None without a row.
        reason: Why there is no row; None with one.
    """

    row: int | None = None
    matched_by: MatchedBy | None = None
    reason: str | None = None


@dataclass(slots=True)
class _Evidence:
    """What one row says about the leads, each by its number."""

    texts: Texts
    index: int | None = None
    contradicted: set[int] = field(default_factory=set[int])
    agreed: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    """Lead → keys that agree, also where others contradict; only leads that have one."""

    def agreeing(self) -> set[int]:
        """Return the leads of which the row repeats something, and nothing otherwise."""
        return self.agreed.keys() - self.contradicted

    def strength(self, lead: int) -> int:
        """Return by how many keys, and an index, the row supports a lead."""
        return 0 if lead in self.contradicted else len(self.agreed.get(lead, ())) + (self.index == lead)

    def candidates(self, leads: int) -> set[int]:
        """Return the leads that the row supports most, and those that it contradicts only by a key that these lack.

        Without the latter, the row of Ada at Acme would be that of an Ada of whom no company is known, as soon as its
        company were spelt otherwise.
        """
        strengths = {lead: self.strength(lead) for lead in range(leads)}
        most = max(strengths.values(), default=0)
        best = {lead for lead, strength in strengths.items() if strength == most > 0}
        shown_by = [self.agreed[lead] for lead in best if lead != self.index]
        return best | {
            lead
            for lead in self.contradicted & self.agreed.keys()
            if any(keys <= self.agreed[lead] for keys in shown_by)
        }


def match_rows(
    leads: Sequence[Mapping[str, JsonValue]],
    rows: Sequence[Any],
    operation: str = "",
    *,
    names: Sequence[str] = (),
    by_position: bool = True,
) -> list[Match]:
    """Return the match of each lead; no row is used twice.

    Args:
        leads: The leads, in the order in which they were sent.
        rows: The rows of the answer, of any JSON type.
        operation: Name of the operation that the leads were sent with, such as ``"find-email"``; it decides which keys
            of a row are found rather than repeated.
        names: The name under which each row came; none when they came in a list. What a name says is evidence, too.
        by_position: Whether position may decide where nothing else does; that of names never does.
    """
    subjects = [texts_of(lead) for lead in leads]
    known = {normal_key(name) for lead in leads for name in lead}
    said = [said_by_name(name, subjects) for name in names] or [{} for _ in rows]
    evidence = [
        _weigh(_repeated(row, known, operation), by_name, subjects) for row, by_name in zip(rows, said, strict=True)
    ]
    _drop_ambiguous_numbers(evidence, known, len(leads))
    index_is_usable = _read_indices(evidence, known, len(leads))
    repeatable = [{key for key in texts if not _is_found(key, operation)} for texts in subjects]
    candidates = [row.candidates(len(leads)) for row in evidence]
    matching = _Matching(leads, rows, evidence, candidates, _groups(leads), repeatable)
    matching.match()
    matches = matching.matches
    silent = [
        place for place, row in enumerate(evidence) if row.index is None and row.texts.keys() <= INDEX_KEYS - known
    ]
    foreign = sum(not best and place not in silent for place, best in enumerate(matching.candidates))
    free = [place for place, row in enumerate(evidence) if not matching.candidates[place] and row.index is None]
    complete = by_position and not names and index_is_usable and len(rows) == len(leads) and matching.order_is_kept()
    # Last, since it reads every text of every row; where each row says whose it is, nothing is free.
    if free and complete and not order_is_disproved(subjects, rows):
        supported = set[int]().union(*(row.agreeing() for row in evidence), *matching.candidates)
        matches |= {place: Match(place, "position") for place in free if place not in supported}
        silent = []
    missing = _missing(len(leads), len(rows), silent=len(silent), foreign=foreign)
    return [matches.get(lead) or Match(reason=missing) for lead in range(len(leads))]


def texts_of(values: Mapping[str, JsonValue]) -> Texts:
    """Return the plain values of a lead, normalised; what is empty, or no plain value, is left out."""
    texts = defaultdict[str, set[str]](set)
    for name, value in values.items():
        if text := normal_text(value):
            texts[normal_key(name)].add(text)
    return dict(texts)


def contradicts(row: Texts, lead: Texts) -> bool:
    """Return whether a row repeats one of the lead's keys with another value."""
    return any(row[key].isdisjoint(lead[key]) for key in row.keys() & lead.keys())


# --- evidence -------------------------------------------------------------------------------------------------------


def _is_found(key: str, operation: str) -> bool:
    """Return whether the operation's answer finds the key, so that a row does not repeat it."""
    given = _GIVEN_KEYS.get(operation)
    return key in _FOUND_KEYS.get(operation, ()) if given is None else key not in given


def _is_evidence(key: str, known: Collection[str], operation: str, *, is_quote: bool) -> bool:
    return (is_quote or not _is_found(key, operation)) if key in known else key in INDEX_KEYS


def _repeated(row: Any, known: AbstractSet[str], operation: str) -> Texts:
    """Return what a row may have repeated: values under the leads' keys, and indices.

    An object that quotes the question decides about its keys; for other keys the outermost place does, since objects
    further inside may be about something else, as the ``name`` of an employer. An object under one of the leads' own
    keys is a value and not searched.
    """
    quoted: Texts = {}
    layers: list[Texts] = []
    objects = [(json_object(row) or {}, False)]
    for _ in range(1 + MAX_NESTING_LEVELS):
        layer: Texts = {}
        inside: list[tuple[dict[str, Any], bool]] = []
        for items, is_quote in objects:
            for name, value in items.items():
                key, nested = normal_key(name), json_object(value)
                if nested is not None and key not in known:
                    inside.append((nested, is_quote or key in _QUOTES))
                elif (text := normal_text(value)) and _is_evidence(key, known, operation, is_quote=is_quote):
                    (quoted if is_quote else layer).setdefault(key, set()).add(text)
        layers.append(layer)
        objects = inside
    outermost = {key: texts for layer in reversed(layers) for key, texts in layer.items()}
    texts = outermost | quoted
    return {key: found for key, found in texts.items() if key in known or any(map(str.isdecimal, found))}


def _weigh(repeated: Texts, by_name: Texts, subjects: Sequence[Texts]) -> _Evidence:
    texts = {key: repeated.get(key, set()) | by_name.get(key, set()) for key in repeated.keys() | by_name.keys()}
    evidence = _Evidence(texts)
    for lead, subject in enumerate(subjects):
        if contradicts(repeated, subject) or contradicts(by_name, subject):
            evidence.contradicted.add(lead)
        if agreed := {key for key in texts.keys() & subject.keys() if texts[key] & subject[key]}:
            evidence.agreed[lead] = agreed
    return evidence


def _read_indices(evidence: Sequence[_Evidence], known: AbstractSet[str], leads: int) -> bool:
    """Set the index of each row, counted from 0; return False, and set none, when what the indices mean is unproven.

    A 0 proves that they count from 0; if every row has one and they are just 1 to n, they count from 1. Without a proof
    a row could get its neighbour's answer. An index that names one lead while the echo beside it names another is
    something else, such as a rank.
    """
    numbers = numbers_under([row.texts for row in evidence], INDEX_KEYS - known)
    if not any(number is not None for number in numbers):
        return True
    indices = places_named(numbers, leads)
    if indices is None:
        return False
    if any(index in row.contradicted and row.agreeing() for index, row in zip(indices, evidence, strict=True)):
        return False
    for row, index in zip(evidence, indices, strict=True):
        row.index = index
    return True


def _drop_ambiguous_numbers(evidence: Sequence[_Evidence], known: AbstractSet[str], leads: int) -> None:
    """Take the evidence from rows that repeat a number only, if it is one lead's own and may be the place of another.

    A table often has a column ``index`` or ``row``, and so has an answer that counts its rows.
    """
    keys = INDEX_KEYS & known
    only = [row for row in evidence if row.texts and row.texts.keys() <= keys]
    indices = places_named(numbers_under([row.texts for row in only], keys), leads) or []
    if all(index is None or index in row.agreed for row, index in zip(only, indices, strict=False)):
        return
    for row in only:
        row.texts, row.agreed, row.contradicted = {}, {}, set(range(leads))


# --- the matching ---------------------------------------------------------------------------------------------------


def _groups(leads: Sequence[Mapping[str, JsonValue]]) -> list[list[int]]:
    """Return for each lead the leads that say the same, itself included."""
    groups: dict[str, list[int]] = {}
    for number, lead in enumerate(leads):
        groups.setdefault(_identity(lead), []).append(number)
    return [groups[_identity(lead)] for lead in leads]


def _identity(lead: Mapping[str, JsonValue]) -> str:
    return json.dumps(
        sorted((normal_key(name), normal_text(value) or json.dumps(value)) for name, value in lead.items())
    )


@dataclass(slots=True)
class _Matching:
    """The matching by evidence. A group of identical leads goes by the number of its first."""

    leads: Sequence[Mapping[str, JsonValue]]
    rows: Sequence[Any]
    evidence: Sequence[_Evidence]
    candidates: Sequence[set[int]]
    """For each row the leads whose it may be."""
    groups: Sequence[list[int]]
    repeatable: Sequence[set[str]]
    """For each lead the keys that a row can be expected to repeat."""
    matches: dict[int, Match] = field(default_factory=dict[int, Match])
    _weakest: dict[int, int] = field(default_factory=dict[int, int])
    """Group whose leads all have a row → strength of the weakest."""

    def match(self) -> None:
        """Match what the evidence decides; leave a reason where it is ambiguous."""
        groups = [{self.groups[lead][0] for lead in candidates} for candidates in self.candidates]
        torn = [place for place, found in enumerate(groups) if len(found) > 1]
        decided = {place: found.copy() for place, found in enumerate(groups) if len(found) == 1}
        while decided:
            self._assign(decided)
            torn = [place for place in torn if place not in decided]
            decided = {place: left for place in torn if (left := self._left(place, groups[place]))}
        for place in set(torn) - {match.row for match in self.matches.values()}:
            reason = f"the answers of {len(self.candidates[place])} rows of the batch could not be told apart"
            for lead in self.candidates[place]:
                self.matches.setdefault(lead, Match(reason=reason))

    def order_is_kept(self) -> bool:
        """Return whether no row disproves that rows come in the order of the leads."""
        return not any(
            place in row.contradicted or row.index not in {None, place} or (best and place not in best)
            for place, (row, best) in enumerate(zip(self.evidence, self.candidates, strict=True))
        )

    def _left(self, place: int, groups: set[int]) -> set[int]:
        """Return the only group that a torn row can be of, if there is one and the row says everything about it."""
        left = {group for group in groups if self._weakest.get(group, 0) <= self._strength(place, group)}
        evidence = self.evidence[place]
        said = evidence.texts.keys() if evidence.index is None else evidence.texts.keys() - INDEX_KEYS
        if len(left) > 1 or not all(said == self.repeatable[group] and self._strength(place, group) for group in left):
            return set()
        return left

    def _assign(self, decided: Mapping[int, set[int]]) -> None:
        """Give leads the rows that are of their group."""
        places_of = defaultdict[int, list[int]](list)
        for place, groups in decided.items():
            for group in groups:
                places_of[group].append(place)
        for group, places in places_of.items():
            leads = [lead for lead in self.groups[group] if lead not in self.matches]
            own = self._strongest(places, group, len(leads))
            if own is None:
                reason = f"the batch's answer has {len(places)} rows for this lead, and they differ"
                self.matches.update({lead: Match(reason=reason) for lead in leads})
                continue
            if leads and len(own) == len(leads):
                self._weakest[group] = min(self._strength(place, group) for place in own)
            for place, lead in self._pairs(own, leads):
                self.matches[lead] = Match(place, "echo" if lead in self.evidence[place].agreed else "index")

    def _pairs(self, places: Sequence[int], leads: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield rows and leads of one group in pairs: by index, then by the values that agree to the letter."""
        differ = len({json.dumps(self.leads[lead], sort_keys=True) for lead in leads}) > 1
        wanted = {lead: _members(self.leads[lead]) for lead in leads} if differ else {}
        found = {place: _members(self.rows[place]) for place in places} if differ else {}

        def rank(pair: tuple[int, int]) -> tuple[bool, int, int, int]:
            place, lead = pair
            agreeing = len(found[place] & wanted[lead]) if differ else 0
            return self.evidence[place].index != lead, -agreeing, place, lead

        left = set(places) | {~lead for lead in leads}
        for place, lead in sorted(product(places, leads), key=rank):
            if {place, ~lead} <= left:
                left -= {place, ~lead}
                yield place, lead

    def _strength(self, place: int, group: int) -> int:
        return max(self.evidence[place].strength(lead) for lead in self.groups[group])

    def _strongest(self, places: list[int], group: int, count: int) -> list[int] | None:
        """Return the *count* strongest rows, or all if there are fewer; None when it is open which of them to take."""
        ranked = sorted(places, key=lambda place: -self._strength(place, group))
        if len(ranked) > count:
            contents = {json.dumps(self.rows[place], sort_keys=True): place for place in reversed(ranked)}
            ranked = sorted(contents.values(), key=lambda place: -self._strength(place, group))
        if len(ranked) > count > 0 and self._strength(ranked[count - 1], group) == self._strength(ranked[count], group):
            return None
        return ranked[:count]


def _members(value: Any) -> set[tuple[str, str]]:
    """Return the members of an object, and of those inside it, to the letter."""
    found: set[tuple[str, str]] = set()
    objects = [json_object(value) or {}]
    for _ in range(1 + MAX_NESTING_LEVELS):
        found.update((normal_key(name), json.dumps(one)) for members in objects for name, one in members.items())
        objects = [inner for members in objects for one in members.values() if (inner := json_object(one))]
    return found


def _missing(leads: int, rows: int, *, silent: int, foreign: int) -> str:
    """Return why a lead that no row supports has no row."""
    reason = "the batch's answer has no row for this lead"
    if foreign:
        reason += f"; {foreign} of its rows are for nobody in the batch"
    if silent:
        why = f"{rows} rows came for {leads} leads" if rows != leads else "their order proves nothing"
        reason += f"; {silent} of its rows do not say whose they are, and {why}"
    return reason
