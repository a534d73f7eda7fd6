"""Whose a delivered answer is whose job id nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from sixtyfour_async._scheduling.ownership import Doubt, owner_of
from sixtyfour_async.models._base import json_array

ADA: dict[str, Any] = {"name": "Ada", "company": "Acme"}
BOB: dict[str, Any] = {"name": "Bob", "company": "Acme"}


def owner(result: Any, *doubts: Doubt, task_type: str | None = None, alone: bool = True) -> int | None:
    return owner_of(result, json_array(result), task_type, doubts, alone=alone)


def finder(*leads: dict[str, Any], **more: Any) -> Doubt:
    return Doubt("find-email", leads, **more)


def test_what_repeats_one_question_is_its_answer() -> None:
    assert owner(ADA | {"email": "x"}, finder(BOB), finder(ADA), alone=False) == 1
    assert owner(ADA | {"email": "x"}, finder(ADA, is_recent=False), alone=False) == 0


def test_what_repeats_two_questions_is_nobodys() -> None:
    assert owner(ADA | {"email": "x"}, finder(ADA), finder(ADA)) is None


@pytest.mark.parametrize("alone", [True, False])
def test_what_contradicts_a_question_is_not_its_answer(*, alone: bool) -> None:
    assert owner(BOB | {"email": "x"}, finder(ADA), alone=alone) is None


def test_what_repeats_nothing_is_the_answer_of_the_only_doubt_there_can_be() -> None:
    assert owner({"email": "x"}, finder(ADA)) == 0
    assert owner(None, finder(ADA)) == 0
    assert owner({"email": "x"}, finder(ADA), alone=False) is None
    assert owner({"email": "x"}, finder(ADA, is_recent=False)) is None
    assert owner({"email": "x"}, finder(ADA), finder(BOB)) is None
    assert owner({"email": "x"}) is None


def test_the_answer_of_another_finder_is_not_the_ones_in_doubt() -> None:
    assert owner(ADA, finder(ADA), task_type="find_phone") is None
    assert owner(ADA, finder(ADA), task_type="find_email") == 0
    assert owner(ADA, finder(ADA), task_type="a word of tomorrow") == 0


def test_a_batch_is_settled_by_an_answer_to_all_of_its_rows() -> None:
    both = [ADA | {"email": "a"}, BOB | {"email": "b"}]
    batch = Doubt("find-email-bulk", [ADA, BOB])

    assert owner(both, batch, alone=False) == 0
    assert owner(both[:1], batch, alone=False) is None
