"""Answers in the platform's dialects (aliexpress-open-platform.md 4.1-4.3).

A handler returns plain dicts; a list that the wire wraps is a `Listed`, which knows its element key. Values that
are None and lists that are empty do not appear at all, unless switched otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from app.practice_market.refusals import Refusal
from app.practice_market.switches import Switches

PLAIN = Switches()


class Gateway(StrEnum):
    """Which door a call came through; it decides signature, parameters and error dialect."""

    SYNC = "sync"
    REST = "rest"
    TOP = "top"


class Listed(list[Any]):
    """A list and the key its elements get when the answer is not simplified."""

    __slots__ = ("element",)

    def __init__(self, element: str, items: Iterable[Any]) -> None:
        super().__init__(items)
        self.element = element


def success(
    method: str, body: dict[str, Any], *, simplify: bool, request_id: str, switches: Switches = PLAIN
) -> dict[str, Any]:
    """A good answer of a dotted method: wrapped, or at the root when simplified. `taobao.` is not part of a wrapper."""
    shaped: dict[str, Any] = {**_shaped(body, simplify, switches), "request_id": request_id}
    if simplify and not switches.simplified_wrapper:
        return shaped
    return {method.removeprefix("taobao.").replace(".", "_") + "_response": shaped}


def failure(refusal: Refusal, gateway: Gateway, *, request_id: str, switches: Switches = PLAIN) -> dict[str, Any]:
    """A refusal in the dialect of *gateway*."""
    words = refusal.wording
    if gateway is Gateway.REST:
        return {"type": words.kind, "code": words.iop, "message": words.text, "request_id": request_id}
    if gateway is Gateway.SYNC and words.is_gateway:
        body: dict[str, Any] = {"type": words.kind, "code": words.iop, "msg": words.text}
        return {"error_response": {**body, "request_id": request_id, "_trace_id_": request_id + "0e0a1b"}}
    if words.is_gateway:
        body = {"code": words.top, "msg": words.text, "sub_code": words.sub_code, "sub_msg": words.text}
    else:
        code: int | str = 15 if switches.code_15 == "number" else "15"
        body = {"code": code, "msg": "Remote service error", "sub_code": words.sub_code, "sub_msg": words.text}
    return {"error_response": {**body, "request_id": request_id}}


def _shaped(value: Any, simplify: bool, switches: Switches) -> Any:
    if isinstance(value, dict):
        return {
            name: _shaped(part, simplify, switches) for name, part in value.items() if not _is_absent(part, switches)
        }
    if isinstance(value, Listed):
        return _listed(value, simplify, switches)
    return value


def _listed(value: Listed, simplify: bool, switches: Switches) -> Any:
    items = [_shaped(part, simplify, switches) for part in value]
    inner = items[0] if len(items) == 1 and switches.one_item_lists == "collapsed" else items
    if simplify:
        return inner
    return {value.element: inner} if items else {}


def _is_absent(value: Any, switches: Switches) -> bool:
    if value is None:
        return switches.absent_values == "missing"
    return isinstance(value, Listed) and not value and switches.empty_lists == "missing"
