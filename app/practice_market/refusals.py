"""What the market says when it says no: one entry of `data/refusals.json` and the parameters of its sentence.

An entry with `iop` is a refusal of the gateway itself: the business service never saw the call. An entry with
`sub_code` comes from the business service and travels as code 15 or, for the methods that have a success flag,
inside a success body as `number` (aliexpress-open-platform.md 4.3-4.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.practice_market.catalogue import load

Code = int | str


@dataclass(frozen=True, slots=True)
class Wording:
    """A refusal ready for the wire.

    Attributes:
        is_gateway: True when the gateway itself refused.
        iop: code in the `/sync` and `/rest` dialect.
        top: code in the TOP dialect.
        sub_code: the reason below code 15, or TOP's own sub code.
        number: the number used by methods whose body has an integer `error_code`.
        kind: `ISV` (caller), `ISP` (service) or `SYSTEM` (platform).
        text: the platform's sentence.
    """

    is_gateway: bool
    iop: str
    top: int
    sub_code: str
    number: int
    kind: str
    text: str


class Refusal(Exception):
    """The market refuses a call. *key* names the entry, or entry and reason (`schema.range`); *params* fill both.

    Raises:
        KeyError: no such entry, or a parameter is missing.
    """

    def __init__(self, key: str, /, **params: Any) -> None:
        self.key = key
        self.wording = _worded(key, params)
        super().__init__(self.wording.text)

    @property
    def code(self) -> str:
        """The code a client decides by: the gateway's, or the business sub code."""
        return self.wording.iop if self.wording.is_gateway else self.wording.sub_code


def _worded(key: str, params: dict[str, Any]) -> Wording:
    entry = load("refusals").get(key)
    if entry is None:
        base, _, kind = key.partition(".")
        entry = load("refusals")[base]
        params = {**params, "reason": entry["reasons"][kind].format_map(params)}
    top, top_sub = entry.get("top", (15, entry.get("sub_code", "")))
    return Wording(
        is_gateway="iop" in entry,
        iop=entry.get("iop", "15"),
        top=top,
        sub_code=entry.get("sub_code", top_sub).format_map(params),
        number=entry.get("number", top),
        kind=entry.get("type", "ISV"),
        text=entry["text"].format_map(params),
    )
