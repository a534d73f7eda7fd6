"""Fault injection: each fault has a name, a probability in the settings, and can be scripted by tests.

==========================  ========================================================================================
lost_answer                 the work is accepted (or done, when synchronous), then the connection is reset
reset                       the connection is reset before any work is done
server_error                500, 502, 503 or 504 with a JSON body, before any work
html                        502 with a proxy's HTML page, before any work
truncated                   the work is done; half of the body, then the connection closes
slow_body                   the work is done; the body stalls half-way for `STALL_SECONDS`
throttled                   429 although the limit is kept, before any work
not_found_after_submit      polls of the new job answer 404 for the first `HIDDEN_SECONDS`
job_failed                  the new job will end as failed
overcharged                 the new job is charged `OVERCHARGE_FACTOR` times its price
drift                       a poll answers the undocumented status word ``finalizing``
==========================  ========================================================================================

Dialects (`base.dialects`) change the answer to a request that was served, or come before any work where the line says
so. Several may strike one answer. Drawn by probability, all polls of a job are alike, unless the line says "heal".

==========================  ========================================================================================
redirect                    308 to another host, before any work
login_page                  200 with an HTML page to sign in, before any work
not_found_everywhere        404 for any path, before any work
error_200                   a POST answers 200 with `error` and `message`, before any work
rows_reversed               the last row comes first
rows_shuffled               the rows come in another order
row_missing                 one row does not come
row_doubled                 one row comes twice
row_foreign                 one row is about somebody nobody asked about
row_null                    one row is null
rows_index                  rows echo no lead, but its number, from 0, as `index`
rows_echo_uppercase         rows echo their leads in capitals
rows_echo_spaced            rows echo their leads with more spaces
rows_echo_decomposed        rows echo their leads in another Unicode form (NFD)
rows_echo_one_key           rows echo one key of their leads only
rows_echo_nested            rows echo their leads as an object under `lead`
rows_without_echo           rows echo nothing of their leads
keys_other_case             the result's fields are named in capitals
keys_camel_case             all keys of the result are in camelCase
email_objects               addresses are objects, `{email, status, type}`
structured_data_null        `structured_data` is null
files_shuffled              the files of a run come in another order, the final one not last
result_null                 the result is null
result_error_inside         the result is an error's text
result_in_data              the result lies in an object under `data`
result_list_of_one          the result lies in an array of one
result_json_string          the result is a string that holds its JSON
id_as_job_id                the id is called `job_id`
id_as_id                    the id is called `id`
id_camel_case               the id is called `taskId`
id_nested                   the id lies in `data`
submit_result               a submit answers with the finished result
submit_completed            a submit answers as the last poll would
submit_unreadable           a submit answers with something that holds no id
completed_with_errors       completed work has this word, and `errors`
status_good_word            completed work has another word, such as success or done
status_missing              completed work has no status, only its result
status_unknown_ended        completed work has a word nobody knows, beside its result
status_unknown_word         running work has a word nobody knows
status_bad_word             the work fails, with a word such as error or expired
error_without_status        the work fails, told as `{"error": "Job expired"}` alone
not_found_spell             polls of every job answer 404 for `SPELL_SECONDS`
body_raw_newline            a text holds a line break as it is
body_control_characters     a text holds a tab, a bell, an escape and a NUL as they are
body_half_emoji             a text ends with half an emoji, as an escape
body_half_emoji_raw         a text ends with half an emoji, as three bytes
body_broken_utf8            a text holds a byte that is not UTF-8
body_big_integer            a `note` is an integer of 5,000 digits
body_nan                    a `note` holds NaN and infinities
body_latin1                 the body is Latin-1, as its header says
body_utf16                  the body is UTF-16, as its header says
body_utf16_undeclared       the body is UTF-16, and nothing says so
body_bom                    the body starts with a byte order mark
body_text_plain             the body is called text/plain
body_truncated              half of the body, sent as if it were whole; another poll may heal it
body_truncated_for_good     half of the body, sent as if it were whole, in every poll
==========================  ========================================================================================

Webhooks are delivered with faults of their own, see `base.webhooks.WEBHOOK_FAULTS`.

All of them are assumed: typical failures of networks, proxies and evolving services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sixtyfour_async.simulator.base.dialects.table import DIALECTS
from sixtyfour_async.simulator.base.seeded_random import uniform
from sixtyfour_async.simulator.base.settings import FAULTS

STALL_SECONDS = 45.0
"""Simulated seconds; see ``slow_body``."""
HIDDEN_SECONDS = 5.0
"""Simulated seconds; see ``not_found_after_submit``."""
OVERCHARGE_FACTOR = 10
"""See ``overcharged``."""
UNKNOWN_STATUS = "finalizing"


@dataclass(slots=True)
class ScriptedFault:
    """A fault queued by a test, for *times* matching requests."""

    name: str
    route: str | None
    times: int
    status: int | None = None
    form: str | None = None

    def matches(self, name: str, path: str) -> bool:
        """Return whether this fault applies to a request to *path*."""
        under = self.route is None or path == self.route or path.startswith(self.route.rstrip("/") + "/")
        return self.times > 0 and self.name == name and under


class Faults:
    """Decides which requests fail: scripted faults first, then by probability."""

    def __init__(self, seed: int, probabilities: Mapping[str, float]) -> None:
        self._seed = seed
        self._probabilities = {name: probability for name, probability in probabilities.items() if probability > 0}
        self._scripted: list[ScriptedFault] = []
        self._draws = 0
        self._lasting: dict[str, float] = {}
        self.struck: dict[str, int] = dict.fromkeys(FAULTS, 0)
        """Number of times each fault was injected."""

    def script(
        self,
        name: str,
        *,
        route: str | None = None,
        times: int = 1,
        status: int | None = None,
        form: str | None = None,
    ) -> None:
        """Inject a fault into the next *times* requests to which it applies.

        Args:
            name: One of the names in this module's table.
            route: Path such as ``/company-intelligence-async``, including paths below it; None for any path. Polls of
                jobs are under ``/job-status``, result files under ``/signed``.
            times: Number of requests.
            status: Status of a ``server_error``; None for any of the four.
            form: What a dialect with several forms answers, such as the word of ``status_good_word`` or the body of
                ``submit_unreadable``; None to draw one of its own forms.

        Raises:
            ValueError: The name is unknown, *times* is below 1, or the fault takes no *form*.
        """
        if name not in FAULTS:
            raise ValueError(f"name must be one of {', '.join(FAULTS)}, not {name!r}")
        if times < 1:
            raise ValueError(f"times must be a whole number from 1, not {times!r}")
        if form is not None and not (name in DIALECTS and DIALECTS[name].forms):
            raise ValueError(f"form must be None for {name}, which has one form only, not {form!r}")
        self._scripted.append(ScriptedFault(name, route, times, status, form))

    def clear(self) -> None:
        """Remove the scripted faults that are still pending, and end those that last."""
        self._scripted.clear()
        self._lasting.clear()

    def possible(self) -> set[str]:
        """Return the names of the faults that may strike at all."""
        return {*self._probabilities, *(fault.name for fault in self._scripted), *self._lasting}

    def trigger(self, name: str, path: str, now: float = 0.0, key: tuple[object, ...] = ()) -> ScriptedFault | None:
        """Return the fault to inject into a request to *path*, if any, and count it as injected.

        Args:
            name: Name of the fault.
            path: Path of the request.
            now: Simulated instant.
            key: What the draw by probability depends on, so that requests with the same key share their fate.
        """
        fault = self._lasting_fault(name, now) or self._scripted_fault(name, path) or self._drawn_fault(name, key)
        if fault is None:
            return None
        self.struck[name] += 1
        if name in DIALECTS and DIALECTS[name].lasts_seconds:
            self._lasting.setdefault(name, now + DIALECTS[name].lasts_seconds)
        return fault

    def _lasting_fault(self, name: str, now: float) -> ScriptedFault | None:
        if now < self._lasting.get(name, now):
            return ScriptedFault(name, None, 0)
        self._lasting.pop(name, None)
        return None

    def _scripted_fault(self, name: str, path: str) -> ScriptedFault | None:
        for fault in self._scripted:
            if fault.matches(name, path):
                fault.times -= 1
                self._scripted = [item for item in self._scripted if item.times > 0]
                return fault
        return None

    def _drawn_fault(self, name: str, key: tuple[object, ...]) -> ScriptedFault | None:
        probability = self._probabilities.get(name, 0.0)
        if not probability:
            return None
        if not key:
            # Most requests have no identity of their own, so the draw is keyed by a counter: repeatable for the same
            # sequence of requests, unlike the draws for answers, which do not depend on the order.
            self._draws += 1
            key = (self._draws,)
        struck = uniform(self._seed, "fault", name, *key) < probability
        return ScriptedFault(name, None, 0) if struck else None
