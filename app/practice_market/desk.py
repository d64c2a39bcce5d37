"""The desk: takes a call, decides whether it may pass, lets its method work, and says what to answer.

Knows nothing of HTTP. Order of checks: signature, time, method, session, limits, fault, method.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.practice_market import access
from app.practice_market.call import Arguments, Call
from app.practice_market.context import Context
from app.practice_market.envelope import failure, success
from app.practice_market.faults import FaultKind, Faults
from app.practice_market.limits import Limits
from app.practice_market.methods import Method, find
from app.practice_market.products import settle_reviews
from app.practice_market.refusals import Refusal
from app.practice_market.storage import Storage
from app.practice_market.tally import Tally

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves: the body, and how much of it (`cut`: "", `nothing` or `half`)."""

    body: dict[str, Any]
    cut: str = ""


class Desk:
    """One market's desk. Threads: the event loop's only; a method is one short transaction in it."""

    def __init__(self, storage: Storage, faults: Faults, clock: Clock) -> None:
        self.storage = storage
        self.faults = faults
        self.clock = clock
        self.limits = Limits()
        self.tally = Tally()
        self.gateway = ""
        self._requests = 0

    async def answer(self, call: Call) -> Answer:
        """The answer to *call*; a refusal is an answer, too."""
        request_id = self._request_id()
        try:
            app_key = access.verify(call, self.storage, self.clock())
            if call.is_path:
                return Answer({**self._authorise(call, app_key), "request_id": request_id})
            return await self._business(call, app_key, request_id)
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
            return Answer(failure(refusal, call.dialect, request_id=request_id))

    def _authorise(self, call: Call, app_key: str) -> dict[str, Any]:
        arguments, switches, moment_ms = Arguments(call), self.faults.switches, self.clock()
        self.tally.calls[call.method] += 1
        with self.storage.transaction():
            match call.method:
                case "/auth/token/create":
                    return access.exchange_code(self.storage, arguments.text("code"), app_key, switches, moment_ms)
                case "/auth/token/refresh":
                    token = arguments.text("refresh_token")
                    return access.refresh(self.storage, token, app_key, switches, moment_ms)
        raise Refusal("method.unknown", name=call.method)

    async def _business(self, call: Call, app_key: str, request_id: str) -> Answer:
        method = find(call.method)
        switches = self.faults.switches
        access.store_of(call.session, app_key, self.storage, switches, self.clock())
        self.limits.admit(switches, app_key, method.name, self.clock())
        self.tally.calls[method.name] += 1
        name, fault = self.faults.draw(method.name) or ("", None)
        if name:
            self.tally.faults[name] += 1
        if delay_s := self.faults.latency_s(method.name):
            await asyncio.sleep(delay_s)
        if fault and not fault.is_applied:
            return self._unapplied(fault)
        body = self._run(method, call, app_key)
        if fault and fault.refusal:
            raise Refusal(fault.refusal)
        answer = success(method.name, body, simplify=call.is_simplified, request_id=request_id)
        return Answer(answer, fault.cut if fault else "")

    def _run(self, method: Method, call: Call, app_key: str) -> dict[str, Any]:
        """Let the method work in one transaction; it is committed before this returns."""
        moment_ms = self.clock()
        try:
            with self.storage.transaction():
                store = access.store_of(call.session, app_key, self.storage, self.faults.switches, moment_ms)
                context = Context(self.storage, store, self.faults, moment_ms, self.gateway, app_key)
                settle_reviews(context)
                body = method.handler(context, Arguments(call))
        except Refusal as refusal:
            if method.failure is None or refusal.wording.is_gateway:
                raise
            self.tally.refusals[refusal.code] += 1
            return method.failure.body(refusal)
        self.tally.applied[method.name] += 1
        return body

    def _unapplied(self, fault: FaultKind) -> Answer:
        if fault.refusal:
            raise Refusal(fault.refusal)
        return Answer({}, fault.cut)

    def _request_id(self) -> str:
        self._requests += 1
        return f"2141{self.clock():013d}{self._requests % 10**7:07d}"
