"""The part of the picture tour about prices: the plan of a group, held prices, an order simulated, rules."""

from __future__ import annotations

import asyncio

from app.services.listings.groups.tree import GroupKind
from app.views.listings.groups.dialogs import MarketingGroupDialog
from app.views.listings.prices.quarantine_dialog import QuarantineDialog
from app.views.listings.prices.rules_dialog import PriceRulesDialog
from app.views.listings.prices.simulator_dialog import SimulatorDialog
from app.views.picture_camera import Camera

PLAN = {"spend_off": "3/20", "store_coupon": "7/20", "select_coupon": "1", "platform_coupon": "4/20"}

COMMENT, GROUP, RULE = "Clearance until Sunday", "Summer sale", "Free shipping"


class PricesTour(Camera):
    """The guard asks for costs nobody has told yet, so that some listings wait."""

    async def _look_at_prices(self) -> None:
        """Everything about prices besides the bulk edit."""
        page, services = self._window.page, self._desktop.context.services
        await self._rows_are_here()
        ids = list(page.rows.paged.ids_between(0, 7))
        await self._plan_a_group()
        await asyncio.to_thread(services.guard.change_settings, {"costs": "on"})
        await asyncio.to_thread(services.listings.recheck, ids)
        page.acts.show_quarantine()
        held = self._dialog(QuarantineDialog)
        await self._until(lambda: held.held is not None)
        held.table.selectRow(0)
        held.comment.setText(COMMENT)
        await self._everywhere("17-held-prices")
        self._close_dialogs()
        await asyncio.to_thread(services.guard.change_settings, {"costs": "auto"})
        await asyncio.to_thread(services.listings.recheck, ids)
        page.rows.select_ids(ids[:3])
        page.acts.simulate()
        await self._until(lambda: self._dialog(SimulatorDialog, needed=False) is not None)
        order = self._dialog(SimulatorDialog)
        await self._until(lambda: order.found is not None)
        for name, text in PLAN.items():
            order.reductions[name].setText(text)
        await self._everywhere("17-simulate-discounts")
        self._close_dialogs()
        page.acts.show_price_rules()
        rules = self._dialog(PriceRulesDialog)
        rules.name.setText(RULE)
        rules.fields["discount"].setText("30")
        rules.keep()
        await self._until(lambda: rules.list.count() == 1)
        await self._everywhere("17-price-rules")
        self._close_dialogs()

    async def _plan_a_group(self) -> None:
        """A marketing group with a coupon that is asked about."""
        stores = await asyncio.to_thread(self._desktop.context.services.groups.tree, GroupKind.MARKETING)
        dialog = MarketingGroupDialog(self._desktop.context, stores, self._window.page)
        dialog.open()
        dialog.name.setText(GROUP)
        dialog.discount.setText("15")
        for name, text in PLAN.items():
            dialog.reductions[name].setText(text)
        dialog.save()
        await self._until(dialog.problem.text)
        await self._everywhere("17-discount-plan")
        self._close_dialogs()
