"""The table of a job's life refuses what it does not hold."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.job_states import TRANSITIONS, Phase, Step, Ticket


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", Step)
def test_a_step_that_the_table_does_not_hold_is_refused(phase: Phase, step: Step) -> None:
    one = Ticket(7, "find-email", "", repeatable=False, phase=phase)

    if step in TRANSITIONS[phase]:
        one.step(step)
        assert one.phase is TRANSITIONS[phase][step]
    else:
        with pytest.raises(AssertionError, match=f"job 7: {step} while {phase}"):
            one.step(step)


def test_nothing_leads_out_of_the_end_and_everything_leads_there() -> None:
    assert not TRANSITIONS[Phase.ENDED]
    assert all(Step.ENDED in steps for phase, steps in TRANSITIONS.items() if phase is not Phase.ENDED)
