"""The state machine of a job rejects every transition that is not in its table."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.job_states import TRANSITIONS, Phase, ScheduledJob, Transition


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("transition", Transition)
def test_a_transition_that_is_not_in_the_table_raises(phase: Phase, transition: Transition) -> None:
    job = ScheduledJob(7, "find-email", "", retry_safe=False, phase=phase)

    if transition in TRANSITIONS[phase]:
        job.advance(transition)
        assert job.phase is TRANSITIONS[phase][transition]
    else:
        with pytest.raises(AssertionError, match=f"job 7: {transition} while {phase}"):
            job.advance(transition)


def test_ended_is_final_and_reachable_from_every_phase() -> None:
    assert not TRANSITIONS[Phase.ENDED]
    assert all(
        Transition.ENDED in transitions for phase, transitions in TRANSITIONS.items() if phase is not Phase.ENDED
    )
