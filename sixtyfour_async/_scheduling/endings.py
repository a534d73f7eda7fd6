"""How jobs leave the scheduler: their places are given back, their money is settled, and the engine is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sixtyfour_async._scheduling.batches import parts_of_refused
from sixtyfour_async._scheduling.failed_polls import caused
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob, Transition
from sixtyfour_async._scheduling.messages import Command, DropRows, Finish, Park, Release, Split
from sixtyfour_async._scheduling.poller import Poller
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.spending import Spending
from sixtyfour_async.errors import JobUnknownError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, Report


@dataclass(slots=True)
class Endings:
    """Ends jobs.

    Attributes:
        jobs: All of them, by number; what has ended is removed.
        queues: The limits that they hold places in.
        poller: Polls those that run.
        spending: Their money.
    """

    jobs: dict[int, ScheduledJob]
    queues: SubmitQueues
    poller: Poller
    spending: Spending

    def finish(self, job: ScheduledJob, report: Report) -> list[Command]:
        """End a job that the service has ended."""
        self.spending.settle(job, report.cost_cents, answered=report.state is JobState.COMPLETED)
        return self.end(job, Finish(job.id, report))

    def unsent(self, job: ScheduledJob, error: SixtyfourError) -> list[Command]:
        """End a job that waits: nothing was sold, unless an earlier submit of it was accepted."""
        if not job.in_doubt:
            return self.refuse(job, error)
        unknown = JobUnknownError(f"may have been accepted, and is not sent again: {error}")
        return self.end(job, Park(job.id, caused(unknown, error)))

    def refuse(self, job: ScheduledJob, error: SixtyfourError) -> list[Command]:
        """End a job that was certainly not accepted; the rows of a batch may go on in parts.

        All of its rows do, the withdrawn ones too: each has an intent in the journal that must be taken back first.
        """
        self.close(job)  # before the parts are sized: its own money must not be in their way
        sizes = parts_of_refused(job.rows, error, one_row_fits=self.spending.one_row_fits(job))
        return [Split(job.id, error, sizes) if sizes else Release(job.id, error)]

    def drop_withdrawn(self, job: ScheduledJob) -> list[Command]:
        """Leave out the rows of a batch that nobody wants any more, while others remain.

        Not from a batch in doubt: it is repeated as it was, since its rows may have been accepted and the key by which
        the service recognises it stands for all of them.
        """
        if job.in_doubt or not 0 < len(job.withdrawn) < job.rows:
            return []
        errors, job.withdrawn = job.withdrawn, {}
        job.rows -= len(errors)
        return [DropRows(job.id, errors)]

    def end(self, job: ScheduledJob, command: Command, *, exposed: bool = False) -> list[Command]:
        """End a job with a command; *exposed*: it may yet be billed."""
        self.close(job, exposed=exposed)
        return [command]

    def taken(self, job: ScheduledJob, keys: Collection[str]) -> list[Command]:
        """Let rows of a job go that another runner has taken; what is set aside for them stays exposed."""
        if len(keys) < job.rows:
            self.spending.leave(job, len(keys))
            job.withdrawn = {key: error for key, error in job.withdrawn.items() if key not in keys}
        else:
            self.close(job, exposed=True)
        return []

    def close(self, job: ScheduledJob, *, exposed: bool = False) -> None:
        """Forget a job."""
        if job.phase is not Phase.WAITING:
            self.release(job, exposed=exposed)
        if job.job_id is not None:
            self.poller.stop(job)
        job.advance(Transition.ENDED)
        del self.jobs[job.id]

    def release(self, job: ScheduledJob, *, exposed: bool = False) -> None:
        """Release its places, and the money reserved for it unless that stays exposed."""
        self.queues.release(job)
        self.spending.release(job, exposed=exposed)
