"""The desk: takes a call, decides whether it may pass, lets its method work, and says what to answer.

Knows nothing of HTTP. Order of checks: signature, time, method, session, permission, limits, fault, parameters,
method.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from app.practice_market import access, feeds, shapes
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
SWITCHES = "switches"
"""Under this name the storage keeps what was switched while the market ran."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves: the body and its form, how much of it (`cut`: "", `nothing` or `half`) or what instead (`page`)."""

    body: dict[str, Any]
    cut: str = ""
    page: str = ""
    status: int = 200
    is_xml: bool = False


class Desk:
    """One market's desk. Threads: the event loop's only; a method is one short transaction in it."""

    def __init__(self, storage: Storage, faults: Faults, clock: Clock) -> None:
        self.storage = storage
        self.faults = faults
        self.clock = clock
        self.limits = Limits(storage)
        self.tally = Tally()
        self.gateway = ""
        self._requests = 0

    def switch(self, document: Any) -> None:
        """Change the switches named in *document* and remember them for the next start.

        A `script` is about the calls of this run and is not kept; null brings a default back for good.

        Raises:
            ValueError: a switch or value that does not exist; nothing was changed.
        """
        self.faults.update(document)
        kept = {**(self.storage.note(SWITCHES) or {}), **document}
        lasting = {name: value for name, value in kept.items() if value is not None and name != "script"}
        with self.storage.transaction():
            self.storage.keep(SWITCHES, lasting)

    async def answer(self, call: Call) -> Answer:
        """The answer to *call* in the form it asked for; a refusal is an answer, too."""
        return replace(await self._answer(call), is_xml=call.is_xml)

    async def _answer(self, call: Call) -> Answer:
        request_id, switches = self._request_id(), self.faults.switches
        try:
            app_key = access.verify(call, self.storage, switches, self.clock())
            if access.is_authorising(call):
                return await self._authorise(call, app_key, request_id)
            return await self._business(call, app_key, request_id)
        except Refusal as refusal:
            self.tally.refusals[refusal.code] += 1
            body = failure(refusal, call.dialect, request_id=request_id, switches=switches)
            return Answer(body, status=switches.error_status)

    async def _authorise(self, call: Call, app_key: str, request_id: str) -> Answer:
        self.tally.calls[call.method] += 1
        fault = await self._meet(call.method)
        if fault and not fault.is_applied:
            return self._unapplied(fault, call)
        with self.storage.transaction():
            tokens = access.authorise(call, self.storage, app_key, self.faults.switches, self.clock())
        self.tally.applied[call.method] += 1
        if fault and fault.refusal:
            raise Refusal(fault.refusal)
        if call.is_path:
            return self._applied({**tokens, "request_id": request_id}, fault)
        body = success(call.method, access.as_text(tokens), simplify=call.is_simplified, request_id=request_id)
        return self._applied(body, fault)

    async def _business(self, call: Call, app_key: str, request_id: str) -> Answer:
        method = find(call.method)
        switches = self.faults.switches
        store = access.store_of(call.session, app_key, self.storage, switches, self.clock())
        self._permit(method.name, store["store_id"])
        self.limits.admit(switches, app_key, method.name, self.clock(), store["store_id"])
        self.tally.calls[method.name] += 1
        fault = await self._meet(method.name)
        if fault and not fault.is_applied:
            return self._unapplied(fault, call)
        await self._carry_on_feeds()
        body = self._run(method, call, app_key, request_id)
        if fault and fault.page == "twice":
            self._run(method, call, app_key, request_id, is_repeat=True)
        if fault and fault.refusal:
            raise Refusal(fault.refusal)
        answer = success(
            method.name, body, simplify=call.is_simplified, request_id=request_id, switches=self.faults.switches
        )
        return self._applied(answer, fault)

    def _permit(self, method: str, store_id: int) -> None:
        for entry in self.faults.switches.forbidden_methods:
            owner, _, pattern = entry.rpartition(":")
            if owner in ("", str(store_id)) and fnmatchcase(method, pattern):
                raise Refusal("permission.missing", name=method)

    async def _meet(self, method: str) -> FaultKind | None:
        """Draw this call's fault and wait as long as it is to take."""
        name, fault = self.faults.draw(method) or ("", None)
        if name:
            self.tally.faults[name] += 1
        if delay_s := self.faults.latency_s(method):
            await asyncio.sleep(delay_s)
        return fault

    async def _carry_on_feeds(self) -> None:
        """Carry out the feed items that are due, in slices, so that nobody waits for a whole feed."""
        while feeds.is_anything_due(self.storage, self.clock()):
            with self.storage.transaction():
                feeds.carry_out_slice(self.storage, self.faults, self.clock(), self.gateway)
            await asyncio.sleep(0)

    def _run(
        self, method: Method, call: Call, app_key: str, request_id: str, *, is_repeat: bool = False
    ) -> dict[str, Any]:
        """Let the method work in one transaction; it is committed before this returns."""
        moment_ms, switches = self.clock(), self.faults.switches
        try:
            with self.storage.transaction():
                store = access.store_of(call.session, app_key, self.storage, switches, moment_ms)
                context = Context(
                    self.storage,
                    store,
                    self.faults,
                    moment_ms,
                    self.gateway,
                    app_key,
                    method.name,
                    request_id=request_id,
                    is_repeat=is_repeat,
                )
                shapes.check(call, switches)
                settle_reviews(context)
                body = method.handler(context, Arguments(call, switches))
        except Refusal as refusal:
            if method.failure is None or refusal.wording.is_gateway:
                raise
            self.tally.refusals[refusal.code] += 1
            return method.failure.body(refusal)
        self.tally.applied[method.name] += 1
        return method.failure.decorated(body, switches.error_fields) if method.failure else body

    def _unapplied(self, fault: FaultKind, call: Call) -> Answer:
        if fault.is_revoking:
            access.revoke(self.storage, call.session)
        if fault.refusal:
            raise Refusal(fault.refusal)
        return Answer({}, fault.cut, fault.page)

    def _applied(self, body: dict[str, Any], fault: FaultKind | None) -> Answer:
        return Answer(body, fault.cut, fault.page) if fault else Answer(body)

    def _request_id(self) -> str:
        self._requests += 1
        return f"2141{self.clock():013d}{self._requests % 10**7:07d}"
