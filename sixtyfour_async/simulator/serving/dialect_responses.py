"""Write replies as responses, in the dialects that the faults choose.

A dialect changes what is written; it changes no work, except that some end it: an answer that says "failed" must not
be charged, and one that holds the result comes from work that is done.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from sixtyfour_async.simulator.base.dialects.answer import Answer, Draw, Row
from sixtyfour_async.simulator.base.dialects.table import DIALECTS
from sixtyfour_async.simulator.routes.calls import About, Reply, RowsOf
from sixtyfour_async.simulator.state.books import Books
from sixtyfour_async.simulator.state.faults import Faults
from sixtyfour_async.simulator.state.result_files import write_rows
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Work

NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class _Occasion:
    """When and where an answer is given, and the work it is about."""

    path: str
    now: float
    about: About | None = None


@dataclass(slots=True)
class DialectResponses:
    """Turns replies into responses."""

    faults: Faults
    service: Service
    books: Books

    def before_work(self, method: str, path: str, now: float) -> Response | None:
        """Return the response to a request that does not reach the service, or None."""
        arrived = Answer("request", method=method, path=path)
        answer = self._rewritten(arrived, _Occasion(path, now))
        return None if answer is arrived else _written(answer)

    def response(self, reply: Reply, path: str, now: float) -> Response:
        """Return a reply as a response."""
        # Most simulators have no faults, and most replies no dialect: those are written as they are.
        if not self.faults.possible().isdisjoint(DIALECTS) and (plain := _answer_of(reply)) is not None:
            answer = self._rewritten(plain, _Occasion(path, now, reply.about))
            if answer is not plain:
                return _file_response(answer, reply) if answer.kind == "file" else _written(answer)
        return _plain_response(reply)

    def _rewritten(self, answer: Answer, occasion: _Occasion) -> Answer:
        """Return an answer in all dialects that strike; the same object if none does."""
        possible = self.faults.possible()
        for name in DIALECTS:
            if name in possible and answer.kind in DIALECTS[name].kinds:
                answer = self._in_dialect(name, answer, occasion)
        return answer

    def _in_dialect(self, name: str, answer: Answer, occasion: _Occasion) -> Answer:
        dialect, about = DIALECTS[name], occasion.about
        # All polls of a job are alike, also after a restart: its number is the key of its draws.
        number = () if about is None else (answer.kind, self.books.number_of(about.work.id))
        draw = Draw((self.service.settings.seed, name, *(number or (self.faults.struck[name],))))
        # A fault is used up by an answer that it changes, so whether it changes this one comes first.
        if dialect.rewrite(answer, draw) is None:
            return answer
        fault = self.faults.trigger(name, occasion.path, occasion.now, () if dialect.heals else number)
        if fault is None:
            return answer
        if about is not None and dialect.ends is not None:
            self._end(about.work, occasion.now, failed=dialect.ends == "failed")
        return dialect.rewrite(answer, dataclasses.replace(draw, form=fault.form)) or answer

    def _end(self, work: Work, now: float, *, failed: bool) -> None:
        if work.failed != failed or not work.done(now):
            self.service.end_work(work, now, failed=failed)
            self.service.settle(now)


def _answer_of(reply: Reply) -> Answer | None:
    """Return what the dialects see of a reply, None if it is neither JSON nor rows."""
    about = reply.about
    if reply.status == NO_CONTENT or (reply.content is not None and about is None):
        return None
    if about is None:
        return Answer("other", reply.body, reply.status)
    answer = Answer(about.kind, reply.body, reply.status, finished=about.finished)
    return answer if about.rows is None else _with_rows(answer, about.rows)


def _with_rows(answer: Answer, rows: RowsOf) -> Answer:
    """Return the answer with its rows and whose they are, if it has any yet."""
    values = rows.file[0] if rows.file else answer.result
    if values is None:
        return answer
    pairs = zip(values, rows.leads, strict=True)
    told = tuple(Row(value, lead, at) for at, (value, lead) in enumerate(pairs))
    return dataclasses.replace(answer, rows=told, answer_to=rows.answer_to)


def _file_response(answer: Answer, reply: Reply) -> Response:
    file = reply.about.rows.file if reply.about is not None and reply.about.rows is not None else None
    if file is None:
        return _plain_response(reply)
    content = write_rows([row.values for row in answer.rows or ()], file[1])
    return _plain_response(dataclasses.replace(reply, content=content))


def _written(answer: Answer) -> Response:
    headers = {**answer.headers, "content-type": answer.content_type}
    return Response(answer.written(), answer.status, headers)


def _plain_response(reply: Reply) -> Response:
    if reply.status == NO_CONTENT:
        return Response(status_code=NO_CONTENT)
    if reply.content is not None:
        return Response(reply.content, reply.status, media_type=reply.media_type)
    return json_response(reply.body, reply.status)


def json_response(body: Any, status: int) -> Response:
    """Return a JSON value as a response."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, media_type="application/json")
