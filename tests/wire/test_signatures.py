"""Signatures of deliveries, against the library of Stripe, whose scheme it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe
from hypothesis import example, given
from hypothesis import strategies as st

from sixtyfour_async._wire.signatures import check_signature, checked_secrets, sign
from sixtyfour_async.errors import ConfigurationError, WebhookError
from tests.properties import examples

STRIPE: Any = stripe.WebhookSignature
SECRET = "sk_whsec_" + "0" * 64
OTHER = "sk_whsec_" + "1" * 64
AT = 1_700_000_000
BODY = b'{"task_id":"t1","status":"completed"}'
V1 = "9052392be8e423afc91d78107548a9ebc59350454ba73ad9b16b7acbf945aadb"
SIGNED = f"t={AT},v1={V1}"
QUICK = examples(150)

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
secrets = st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters="*•"), min_size=1, max_size=40)


def accepts(header: str, body: bytes = BODY, secret: str = SECRET, now: float = AT) -> bool:
    try:
        check_signature(body, [header], [secret], now)
    except WebhookError:
        return False
    return True


def stripe_accepts(header: str, body: bytes, secret: str) -> bool:
    """Without a tolerance, since Stripe's own judges the past only, and by the system's clock."""
    try:
        STRIPE.verify_header(body, header, secret)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_a_known_signature() -> None:
    assert sign(BODY, [SECRET], AT) == SIGNED
    assert accepts(SIGNED)


@QUICK
@given(texts, secrets, st.integers(0, 10**11))
def test_signatures_are_those_of_stripe(text: str, secret: str, at: int) -> None:
    theirs = STRIPE.generate_signature_header(text, secret, at)

    assert sign(text.encode(), [secret], at) == theirs
    assert accepts(theirs, text.encode(), secret, at)


@QUICK
@given(texts, secrets, st.lists(secrets, max_size=3))
def test_stripe_accepts_our_signatures(text: str, secret: str, others: list[str]) -> None:
    header = sign(text.encode(), [*others, secret], time.time())

    assert STRIPE.verify_header(text.encode(), header, secret, 300)


PARTS = st.sampled_from(
    [f"t={AT}", f"v1={V1}", "v1=", "v1=é", "t=", "t=abc", "t=-1", "v0=00", "v1", "=", "", " ", f" v1={V1}", f"v1={V1}="]
)


@QUICK
@given(st.one_of(st.text(), st.lists(PARTS, max_size=5).map(",".join)))
@example(SIGNED)
@example(f"t={AT},v1={V1.upper()}")
@example(f"t= {AT},v1={V1}")
@example(f"t=1_700_000_000,v1={V1}")
@example(f"t=+{AT},v1={V1}")
def test_no_header_is_believed_that_stripe_refuses(header: str) -> None:
    """Any header is accepted or refused, and nothing else is raised."""
    assert not accepts(header) or stripe_accepts(header.replace(" ", ""), BODY, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "é",
        f"v1={V1}",
        f"t={AT},t={AT},v1={V1}",
        f"t=abc,v1={V1}",
        f"t=,v1={V1}",
        f"t=\u0661\u0667,v1={V1}",
        f"t={'9' * 5000},v1={V1}",
        f"t={AT}.0,v1={V1}",
        f"t={AT},v1=",
        f"t={AT},v1=\udce9",
        f"t={AT},v1={V1}é",
        f"t={AT}",
        f"t={AT},v0={V1}",
        f"t={AT},v1={V1[:-1]}",
        f"t={AT + 1},v1={V1}",
        f"{SIGNED}, {SIGNED}",
        "," * 10_000,
        f"t={AT}" + ",v1=x" * 10_000,
    ],
    ids=lambda header: ascii(header)[1:30] + str(len(header)),
)
def test_what_is_no_signature_is_refused_in_the_same_words(header: str) -> None:
    with pytest.raises(WebhookError) as refused:
        check_signature(BODY, [header], [SECRET], AT)

    with pytest.raises(WebhookError) as forged:
        check_signature(BODY, [SIGNED], [OTHER], AT)
    assert refused.value == forged.value
    assert refused.value.reason == "signature"


@pytest.mark.parametrize("second", [SIGNED, f"t={AT},v1=00", ""])
def test_of_two_headers_none_is_believed(second: str) -> None:
    for headers in ([SIGNED, second], [second, SIGNED]):
        with pytest.raises(WebhookError, match="no signature matches"):
            check_signature(BODY, headers, [SECRET], AT)


def test_a_delivery_without_a_header_is_unsigned() -> None:
    with pytest.raises(WebhookError, match="not signed") as refused:
        check_signature(BODY, [], [SECRET], AT)

    assert refused.value.reason == "unsigned"


@pytest.mark.parametrize("order", [[SECRET, OTHER], [OTHER, SECRET]])
def test_during_a_roll_every_signature_is_tried_with_every_secret(order: list[str]) -> None:
    both = sign(BODY, order, AT)

    check_signature(BODY, [both], [SECRET], AT)
    check_signature(BODY, [both], [OTHER], AT)
    check_signature(BODY, [sign(BODY, [OTHER], AT)], order, AT)
    check_signature(BODY, [f"t={AT},v1=,v1={V1},v1=é".replace("é", "x")], [SECRET], AT)


@pytest.mark.parametrize(("now", "fresh"), [(AT - 300, True), (AT - 301, False), (AT + 300, True), (AT + 300.5, False)])
def test_a_signature_is_valid_for_300_seconds_both_ways(now: float, fresh: bool) -> None:
    assert accepts(SIGNED, now=now) == fresh


@pytest.mark.parametrize("now", [AT + 1e9, float("nan"), float("inf")])
def test_only_who_knows_the_secret_learns_that_a_signature_is_stale(now: float) -> None:
    with pytest.raises(WebhookError) as refused:
        check_signature(BODY, [sign(BODY, [OTHER], AT)], [SECRET], now)
    assert refused.value.reason == "signature"

    assert not accepts(SIGNED, now=now)


@QUICK
@given(st.binary(max_size=100), st.integers(0, 99), st.integers(1, 255))
def test_one_changed_byte_is_noticed(body: bytes, place: int, change: int) -> None:
    changed = bytearray(body or b"x")
    changed[place % len(changed)] ^= change

    assert not accepts(sign(body or b"x", [SECRET], AT), bytes(changed))


@pytest.mark.parametrize(
    ("secrets", "problem"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ([], "no signing secret"),
        ([SECRET, ""], "empty"),
        ("sk_whsec_••••0000", "masked preview"),
        (b"sk_whsec_00", "text"),
        ([None], "text"),
        ("sk\x00whsec", "control characters"),
        ("sk_\udce9", "not text"),
    ],
)
def test_what_cannot_be_a_secret_is_refused_without_being_shown(secrets: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as refused:
        checked_secrets(secrets)  # type: ignore[arg-type]

    assert "whsec_0" not in str(refused.value)


def test_blanks_around_a_secret_are_dropped() -> None:
    assert checked_secrets([f" {SECRET}\n", OTHER]) == (SECRET, OTHER)
