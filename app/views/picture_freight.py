"""The part of the picture tour that shows freight: trial, world, comparison, editors, proposals."""

from __future__ import annotations

from app.views.freight.compare_dialog import CompareDialog
from app.views.freight.editors import ChannelsEditor, TariffEditor, TemplateEditor
from app.views.freight.match_dialog import MatchDialog
from app.views.freight.trial_dialog import TrialDialog
from app.views.picture_workbench import WorkbenchTour

MATCHED = 60


class FreightTour(WorkbenchTour):
    """The Freight templates tab with its dialogs."""

    async def _look_at_freight(self) -> None:
        """From the second template: tried, compared, copied; then tariffs, channels, proposals."""
        self._window.show_tab("freight")
        page = self._window.page
        await self._rows_are_here()
        actions = page.actions_of_page
        actions["freight_trial"].trigger()
        await self._until(lambda: self._dialog(TrialDialog, needed=False) and self._dialog(TrialDialog).rows)
        trial = self._dialog(TrialDialog)
        for name, text in {"size": "16x9x2", "sale": "6.99", "cost": "18"}.items():
            trial.fields[name].setText(text)
        trial.try_it()
        await self._rest(0.7)
        await self._everywhere("17-freight-trial")
        trial.view.choose("world")
        await self._rest(1.5)
        await self._everywhere("17-freight-world")
        self._close_dialogs()
        for action, kind, name in (
            ("compare_templates", CompareDialog, "17-freight-compare"),
            ("copy_template", TemplateEditor, "17-freight-template"),
            ("freight_channels", ChannelsEditor, "17-freight-channels"),
        ):
            actions[action].trigger()
            await self._until(lambda kind=kind: self._dialog(kind, needed=False))
            await self._rest(0.7)
            await self._everywhere(name)
            self._close_dialogs()
        page.segments.choose("tariffs")
        await self._rows_are_here()
        await self._everywhere("17-freight-tariffs")
        actions["edit_freight"].trigger()
        await self._until(lambda: self._dialog(TariffEditor, needed=False))
        await self._rest(0.5)
        await self._everywhere("17-freight-tariff")
        self._close_dialogs()
        page.segments.choose("all")
        await self._match()

    async def _match(self) -> None:
        """Templates proposed for the first listings."""
        self._window.show_tab("listings")
        await self._rows_are_here()
        page = self._window.page
        page.segments.choose("all")
        await self._rows_are_here()
        page.table.select_ids(list(page.table.paged.ids_between(0, MATCHED - 1)))
        await self._rest(0.5)
        page.acts.match_freight()
        await self._until(lambda: self._dialog(MatchDialog, needed=False) and self._dialog(MatchDialog).matches)
        await self._everywhere("17-freight-match")
        self._close_dialogs()
        page.table.clearSelection()
