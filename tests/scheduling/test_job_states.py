"""The table of a job's life refuses what it does not hold."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.job_states import TRANSITIONS, Phase, ScheduledJob, Transition


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", Transition)
def test_a_step_that_the_table_does_not_hold_is_refused(phase: Phase, step: Transition) -> None:
    one = ScheduledJob(7, "find-email", "", retry_safe=False, phase=phase)

    if step in TRANSITIONS[phase]:
        one.advance(step)
        assert one.phase is TRANSITIONS[phase][step]
    else:
        with pytest.raises(AssertionError, match=f"job 7: {step} while {phase}"):
            one.advance(step)


def test_nothing_leads_out_of_the_end_and_everything_leads_there() -> None:
    assert not TRANSITIONS[Phase.ENDED]
    assert all(Transition.ENDED in steps for phase, steps in TRANSITIONS.items() if phase is not Phase.ENDED)
