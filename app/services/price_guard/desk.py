"""What window and command line do with the price guard, over an `Application`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.history.records import ChangeRecord
from app.services.price_guard.baskets import Basket, basket_of
from app.services.price_guard.exporting import export_simulation
from app.services.price_guard.quarantine import Quarantine, quarantine
from app.services.price_guard.release import release
from app.services.price_guard.settings import (
    GuardSettings,
    asks_costs,
    changed_settings,
    guard_settings,
    store_settings,
)
from app.services.price_guard.suspects import judges_by
from app.services.pricing.own_rules import OwnRule, own_rule, own_rules, remove_rule, save_rule
from app.services.pricing.simulation import Simulation
from app.services.roles import Right, ensure, may

if TYPE_CHECKING:
    from app.services.application import Application


class GuardDesk:
    """The use cases; all of them touch the disk. Rights are those of the role in the settings."""

    def __init__(self, app: Application) -> None:
        self._app = app

    @property
    def may_release(self) -> bool:
        """Whether whoever works here may release prices."""
        return may(self._app.settings.role, Right.RELEASE)

    def quarantine(self, store_ids: Sequence[int] = (), listing_ids: Sequence[int] | None = None) -> Quarantine:
        """What is held."""
        return quarantine(self._app.db, store_ids, listing_ids)

    def basket(self, listing_ids: Sequence[int]) -> Basket:
        """Chosen listings for the discount-stack simulator."""
        return basket_of(self._app.db, listing_ids)

    def export_simulation(self, found: Simulation, path: Path) -> int:
        """Write a simulation to a sheet. Returns: rows. Raises: UnknownKind, WorkbookError."""
        return export_simulation(found, path, messages)

    def release(self, listing_ids: Sequence[int], comment: str) -> ChangeRecord:
        """Let listings pass. Raises: NotAllowed, BadComment, NothingHeld."""
        return release(self._app.db, self._app.settings.role, listing_ids, comment)

    def price_rules(self) -> dict[str, OwnRule]:
        """The team's own price rules."""
        return own_rules(self._app.db)

    def save_price_rule(self, name: str, typed: Mapping[str, str]) -> str:
        """Keep a rule as typed. Returns: its name. Raises: as `own_rule` and `save_rule`."""
        return save_rule(self._app.db, name, own_rule(**typed))

    def remove_price_rule(self, name: str) -> None:
        """Forget a rule. Raises: NotFound."""
        remove_rule(self._app.db, name)

    def settings(self) -> tuple[GuardSettings, bool]:
        """What is guarded, and whether profits are asked for now."""
        with self._app.db.reader.connect() as connection:
            found = guard_settings(connection)
            return found, asks_costs(connection, found)

    def recheck_call(self) -> tuple[Any, ...]:
        """The call for the worker process that checks all listings by what is guarded now. Result: `RecheckResult`."""
        return "app.services.price_guard.rechecking:recheck_in_worker", self._app.db.path

    def recheck_call_after(self, changes: Sequence[ChangeRecord | None]) -> tuple[Any, ...]:
        """The same after changes of rates, commissions or the team's numbers; nothing where the guard looks at none of
        them."""
        labels = [change.label for change in changes if change is not None]
        with self._app.db.reader.connect() as connection:
            return self.recheck_call() if judges_by(connection, labels) else ()

    def change_settings(self, typed: Mapping[str, str]) -> GuardSettings:
        """Guard otherwise, as typed; what is as it was is no change. Raises: NotAllowed, BadGuardSetting."""
        with self._app.db.bulk() as connection:
            before = guard_settings(connection)
            after = changed_settings(before, typed)
            if after != before:
                ensure(self._app.settings.role, Right.SET_GUARD)
                store_settings(connection, after)
        return after
