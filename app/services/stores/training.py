"""What a trainer may do with a running practice market: switch its behaviours, issue and withdraw shared-store codes.

Which behaviours, and what each switches, is `resources/rules/training.json`; the switches themselves are the
market's (`GET /practice/switches`), and it keeps them over a restart. Nothing here works on a real store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from app.paths import resources
from app.services.errors import InputError
from app.services.stores.practice_addresses import ask
from app.services.stores.reading import get_store, list_stores
from app.services.stores.records import StoreRecord

if TYPE_CHECKING:
    from app.services.application import Application

NORMAL = "normal"
RATES = "rates"
"""The one switch several behaviours share: each has its own kinds of fault in it."""


class NotPractice(InputError):
    """The store `name` is a real one, or there is no practice store at all."""

    code = "store.not_practice"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing the market can do wrong.

    Attributes:
        id, group: names; texts `training.<id>`, `training.<id>.detail`, `training.group.<group>`.
        switches: what it sets while it is on.
    """

    id: str
    group: str
    switches: Mapping[str, Any]

    def is_on(self, values: Mapping[str, Any]) -> bool:
        """Whether the market's *values* are what it sets; of the rates only its own count."""
        return all(_covers(values.get(name), wanted, name) for name, wanted in self.switches.items())


@dataclass(frozen=True, slots=True)
class SharedCode:
    """A shared-store code of the market, to be pasted as `alias code`."""

    alias: str
    code: str = field(repr=False)
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class SharedStore:
    """A store of the market that a code can be issued for.

    Attributes:
        number: the market's own number.
        live: its listings on sale.
        is_neighbour: a colleague's, which only a code opens.
    """

    number: int
    alias: str
    name: str
    name_en: str
    live: int
    is_neighbour: bool


@dataclass(frozen=True, slots=True)
class TrainingState:
    """How the market behaves now.

    Attributes:
        gateway: its address.
        on: ids of the behaviours that are on.
        others: names of switches that are not as documented and belong to no behaviour that is on.
        stores, codes: what can be shared, and the codes in force, the newest last.
    """

    gateway: str
    on: frozenset[str]
    others: tuple[str, ...]
    stores: tuple[SharedStore, ...]
    codes: tuple[SharedCode, ...]


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Everything a trainer may switch, in the order of the panel."""
    return tuple(Behaviour(row["id"], row["group"], row["switches"]) for row in _rules()["behaviours"])


@cache
def presets() -> dict[str, frozenset[str]]:
    """Named sets of behaviours; `normal` is none of them."""
    return {NORMAL: frozenset(), **{name: frozenset(ids) for name, ids in _rules()["presets"].items()}}


@cache
def _rules() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources() / "rules" / "training.json").read_text("utf-8"))
    return found


class TrainingDesk:
    """The use cases. Every method asks the market over HTTP: not for the GUI thread. All raise `NotPractice` where
    the store is no practice store (without a store: where there is none), and `PracticeMarketSilent`."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def state(self, store_id: int | None = None) -> TrainingState:
        """How the market of a practice store behaves; without one that of the first practice store."""
        return _state(self._gateway(store_id))

    def switch(self, behaviour_id: str, on: bool, store_id: int | None = None) -> TrainingState:
        """Switch one behaviour on or off; the others stay."""
        gateway = self._gateway(store_id)
        behaviour = next(one for one in behaviours() if one.id == behaviour_id)
        document: dict[str, Any] = {name: value if on else None for name, value in behaviour.switches.items()}
        if RATES in document:
            rates = ask(gateway, "faults")[RATES]
            own = behaviour.switches[RATES]
            document[RATES] = {**rates, **own} if on else {kind: rates[kind] for kind in rates if kind not in own}
        ask(gateway, "faults", document)
        return _state(gateway)

    def choose(self, preset: str, store_id: int | None = None) -> TrainingState:
        """Switch on what belongs to a preset and everything else off, also what was switched elsewhere."""
        gateway = self._gateway(store_id)
        document: dict[str, Any] = dict.fromkeys(ask(gateway, "faults"))
        for behaviour in behaviours():
            if behaviour.id in presets()[preset]:
                for name, value in behaviour.switches.items():
                    document[name] = {**(document[name] or {}), **value} if name == RATES else value
        ask(gateway, "faults", document)
        return _state(gateway)

    def issue_code(self, number: int, store_id: int | None = None) -> TrainingState:
        """Let the market issue a shared-store code of its store *number*."""
        gateway = self._gateway(store_id)
        ask(gateway, "codes", {"store": number})
        return _state(gateway)

    def withdraw_code(self, code: str, store_id: int | None = None) -> TrainingState:
        """Make a code worthless, and what was opened with it: such a store must be signed in again by a new one."""
        gateway = self._gateway(store_id)
        ask(gateway, "codes/withdraw", {"code": code})
        return _state(gateway)

    def _gateway(self, store_id: int | None) -> str:
        store = self._first() if store_id is None else get_store(self._app.db, store_id)
        if not store.is_practice:
            raise NotPractice(name=store.name)
        return store.gateway

    def _first(self) -> StoreRecord:
        found = next((store for store in list_stores(self._app.db) if store.is_practice), None)
        if found is None:
            raise NotPractice(name="–")
        return found


def _state(gateway: str) -> TrainingState:
    switches, shared = ask(gateway, "switches")["switches"], ask(gateway, "codes")
    values = {name: one["value"] for name, one in switches.items()}
    on = [behaviour for behaviour in behaviours() if behaviour.is_on(values)]
    known = ("alias", "name", "name_en")
    return TrainingState(
        gateway,
        frozenset(behaviour.id for behaviour in on),
        tuple(_others(switches, on)),
        tuple(
            SharedStore(
                number=store["store_id"],
                live=store["live"],
                is_neighbour=store["is_neighbour"],
                **{name: store[name] for name in known},
            )
            for store in shared["stores"]
        ),
        tuple(
            SharedCode(code=code["code"], **{name: code[name] for name in known})
            for code in shared["codes"]
            if not code["is_withdrawn"]
        ),
    )


def _others(switches: Mapping[str, Any], on: Iterable[Behaviour]) -> Iterable[str]:
    rates = {kind for behaviour in on for kind in behaviour.switches.get(RATES, ())}
    explained = {name for behaviour in on for name in behaviour.switches}
    for name, one in switches.items():
        if name == RATES:
            if one["value"].keys() - rates:
                yield name
        elif one["value"] != one["default"] and name not in explained:
            yield name


def _covers(value: Any, wanted: Any, name: str) -> bool:
    if name == RATES:
        return all(value.get(kind) == share for kind, share in wanted.items())
    return bool(value == wanted)
