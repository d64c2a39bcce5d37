"""The part of the settings about the price guard: what it looks at, and who works at this computer."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.services.price_guard.settings import Ask, GuardSettings, Meaning, shown
from app.services.roles import Role
from app.views.context import ViewContext
from app.views.language import say
from app.views.listings.bulk_edit.parts import OptionBox
from app.views.rechecking import recheck_beside
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import Label

SWITCHES = ("floors", "changes", "far_below")
NUMBERS = ("warn_bp", "hold_bp", "min_margin_bp")


class GuardSettingsPart(Ground):
    """Fields over `GuardDesk.settings`; the dialog stores them."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._context = context
        self.role = OptionBox(lambda id: f"role.{id}", tuple(Role))
        self.costs = OptionBox(lambda id: f"settings.guard.costs.{id}", tuple(Ask))
        self.meaning = OptionBox(lambda id: f"settings.guard.meaning.{id}", tuple(Meaning))
        self.switches = {name: QCheckBox() for name in SWITCHES}
        self.numbers = {name: QLineEdit() for name in NUMBERS}
        self.loaded: dict[str, Any] = {}
        self.now = Label(role="small", ink="text2", wrap=True)
        lines = column(self, gap=6)
        lines.addWidget(Label("settings.guard", strong=True))
        for name, box in self.switches.items():
            say(box, f"settings.guard.{name}")
            lines.addWidget(box)
        lines.addWidget(Field("settings.guard.costs", self.costs, is_wide=True))
        lines.addWidget(Field("settings.guard.meaning", self.meaning, is_wide=True))
        for name, line in self.numbers.items():
            lines.addWidget(Field(f"settings.guard.{name}", line, is_wide=True))
        lines.addWidget(Field("settings.role", self.role, is_wide=True))
        lines.addWidget(self.now)
        lines.addWidget(Label("settings.guard.hint", role="small", ink="text2", wrap=True))

    def load(self) -> None:
        """Fill the fields."""
        handle = self._context.runner.call(self._context.services.guard.settings)
        handle.succeeded.connect(lambda found: self.show_settings(*found))

    def show_settings(self, settings: GuardSettings, asks_costs: bool) -> None:
        """What is guarded, and whether profits are asked for now."""
        for name, box in self.switches.items():
            box.setChecked(getattr(settings, name))
        for name, line in self.numbers.items():
            line.setText(shown(settings, name))
        self.costs.choose(settings.costs)
        self.meaning.choose(settings.meaning)
        self.loaded = self.typed()
        self.now.say("settings.guard.asks" if asks_costs else "settings.guard.asks_not")

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, as `GuardDesk.change_settings` takes it; nothing before they were filled."""
        if self.costs.value is None or self.meaning.value is None:
            return {}
        switched = {name: "on" if box.isChecked() else "off" for name, box in self.switches.items()}
        numbers = {name: line.text() for name, line in self.numbers.items()}
        return {**switched, **numbers, "costs": self.costs.value, "meaning": self.meaning.value}

    def recheck_if_changed(self) -> None:
        """After other settings were stored: findings are counted anew, in a job that outlives the dialog."""
        if self.typed() == self.loaded:
            return
        context = self._context
        recheck_beside(context, context.services.guard.recheck_call(), "settings.guard.job")
