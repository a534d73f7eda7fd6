"""Does an answer to a poll say that there is no such job? Services say so with status 404, or with 200 and a text.

Such an answer says nothing of how the job ended: a fresh id may not be visible yet, and a shard may be away. What it
must not be taken for is a failure, nor a failure such as "company not found" for it.

The nouns and phrases are assumed, beside the documented "Job not found" and "Search not found"
(docs.sixtyfour.ai, errors page).
"""

from __future__ import annotations

import re

MAX_TEXT_CHARACTERS = 300
"""A longer text is an explanation of something else."""

_NOUN = (
    r"(?:jobs?|tasks?|runs?|requests?|search(?:es)?|executions?|workflows?|operations?|process|batch)\b"
    r"(?! (?:title|posting|opening|listing|description|history|role|experience|result|engine|terms?|data)s?\b)"
)
_BETWEEN = (
    r"""(?: (?:status|state|info|id|uuid|identifier|with|for|the|this|that|given|such|[^ ]*\d[^ ]*|['"`(][^ ]*))*"""
)
_NOT_THERE = (
    r"(?:(?:was|is|has|could|can|does|did|do)? ?(?:not|no longer|never)|cannot|\w+n['\u2019]t) "
    r"(?:be |been )?(?:found|exists?|existed|known|recogni[sz]ed|located)\b"
)
_NOT_TO_BE_FOUND = r"(?:(?:could|can|did|do|does) not|cannot|\w+n['\u2019]t|unable to|failed to) (?:find|locate|know)"

_NO_SUCH_JOB = re.compile(
    rf"\b{_NOUN}{_BETWEEN}:? {_NOT_THERE}"
    rf"|\b(?:no such|unknown|non ?existent|unrecogni[sz]ed) {_NOUN}"
    rf"|\b(?:invalid|bad|missing) {_NOUN} (?:id|uuid|identifier)\b"
    rf"|\bno {_NOUN} (?:was |were |is |could be )?(?:found|exists?|known|with|for|by|under|has)\b"
    rf"|\b{_NOT_TO_BE_FOUND} (?:an? |any |the |this |that |your )?{_NOUN}"
    rf"|\bnot found\W+(?:the )?{_NOUN}"
)
_NOTHING_NAMED = re.compile(
    r"(?:error|http|status|code|resource|requested|the|this|id|[\d\W])*"
    r"\b(?:not found|no such id|unknown id|(?:does not|doesn['\u2019]t|no longer) exists?|404)"
    r"(?:error|exception|[\d\W])*"
)


def says_no_such_job(text: str) -> bool:
    """Return whether a text, or a code such as ``JOB_NOT_FOUND``, says that there is no such job."""
    if len(text) > MAX_TEXT_CHARACTERS:
        return False
    hyphens = "" if " " in text else "-"  # of a code; in a sentence they belong to an id
    words = re.sub(rf"(?<=[a-z])(?=[A-Z])|[_{hyphens}]", " ", text).casefold()
    plain = " ".join(words.split())
    return _NO_SUCH_JOB.search(plain) is not None or _NOTHING_NAMED.fullmatch(plain) is not None
