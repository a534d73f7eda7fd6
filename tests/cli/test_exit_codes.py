"""Messages of the library, as the command line prints them."""

import pytest

from sixtyfour_async.cli.exit_codes import with_flags


@pytest.mark.parametrize(
    ("message", "printed"),
    [
        ("max_cost_cents=25 leaves 5 cents", "--max-cost-cents 25 leaves 5 cents"),
        ("pass max_row_cents=…, the most a row may cost", "pass --max-row-cents, the most a row may cost"),
        ("pass encoding='latin-1' (or 'cp1252')", "pass --encoding latin-1 (or 'cp1252')"),
        ("run.db is in use: choose another journal", "run.db is in use: choose another --journal"),
        ("pass prices={'find-email': cents}", "pass --price find-email=CENTS"),
        ("pass prices={'find-email/PERSONAL': 50} or", "pass --price find-email/PERSONAL=50 or"),
        ("max_cost_cents_per_day=25 leaves 5 cents today", "--max-cost-cents-per-day 25 leaves 5 cents today"),
        ("404 no job with id=7 (see the docs)", "404 no job with id=7 (see the docs)"),
    ],
)
def test_python_arguments_are_printed_as_flags(message: str, printed: str) -> None:
    assert with_flags(message) == printed
