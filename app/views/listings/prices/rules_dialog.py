"""The team's own price rules: by formula, by margin or by price step; one of them goes into a bulk edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QScrollArea, QWidget

from app.services.errors import AppError
from app.services.pricing.own_rules import FORMULA, OwnRule, own_rule, typed_of
from app.services.pricing.team_rules import team_rules
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line, OptionBox
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.views.context import ViewContext


class PriceRulesDialog(Dialog):
    """Kept rules on the left, the chosen or a new one on the right; what is wrong is said while it is typed.

    Emits:
        wanted: the formula that prices are to be set with.
    """

    wanted = Signal(str)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("price_rules.title", parent, size=QSize(860, 480))
        self._context, self._desk = context, context.services.guard
        self.rules: Mapping[str, OwnRule] = {}
        self.list = QListWidget()
        self.name = QLineEdit()
        self.kind = OptionBox(lambda id: f"price_rule.{id}", (*team_rules(), FORMULA))
        self.fields = {
            "formula": Line("price_rules.formula_hint"),
            "margin": Line("price_rules.margin_hint"),
            "steps": Line("price_rules.steps_hint"),
            "discount": Line("price_rules.discount_hint"),
        }
        self.lines = {name: Field(f"price_rules.{name}", line) for name, line in self.fields.items()}
        self.text = Label(role="small", ink="text2", wrap=True)
        self.problem = Label(role="small", ink="red", wrap=True)
        self.save, self.remove = Button("price_rules.save"), Button("price_rules.remove")
        self._build()
        self.primary = self.add_buttons("price_rules.verb", cancel_key="dialog.close")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self.hint.say("price_rules.hint")
        self._connect()
        self.kind.choose("free_shipping")
        self._on_typed()
        self.load()

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        left, right = Ground("surface", "right"), QWidget()
        kept = column(left, edges=16, gap=8)
        kept.addWidget(Label("price_rules.kept", strong=True))
        kept.addWidget(self.list, 1)
        kept.addWidget(self.remove)
        form = column(right, edges=16, gap=8)
        form.addWidget(Field("price_rules.name", self.name))
        form.addWidget(Field("price_rules.kind", self.kind))
        for line in self.lines.values():
            form.addWidget(line)
        form.addWidget(self._scrolled(self.text), 1)
        form.addWidget(self.problem)
        below = row(gap=8)
        below.addStretch(1)
        below.addWidget(self.save)
        form.addLayout(below)
        whole.addWidget(left, 5)
        whole.addWidget(right, 12)
        say(self.list, "price_rules.kept", "accessibleName")

    @staticmethod
    def _scrolled(text: Label) -> QScrollArea:
        """A formula by price steps has more lines than the form has room for."""
        area, held = QScrollArea(), Ground("surface")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(held)
        lines = column(held)
        lines.addWidget(text)
        lines.addStretch(1)
        return area

    def _connect(self) -> None:
        self.list.currentTextChanged.connect(self._show_rule)
        self.kind.chosen.connect(lambda _: self._on_typed())
        self.name.textChanged.connect(lambda _: self._on_typed())
        for line in self.fields.values():
            line.textChanged.connect(lambda _: self._on_typed())
        self.save.clicked.connect(self.keep)
        self.remove.clicked.connect(self.forget)

    # -- kept rules --------------------------------------------------------------------------------------------

    def load(self, chosen: str = "") -> None:
        """Read what is kept."""
        handle = self._context.runner.call(self._desk.price_rules)
        handle.succeeded.connect(lambda rules: self._show_rules(rules, chosen))
        handle.failed.connect(self._tell)

    def _show_rules(self, rules: Mapping[str, OwnRule], chosen: str) -> None:
        self.rules = rules
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([*rules])
        self.list.blockSignals(False)
        self.remove.setEnabled(False)
        if chosen in rules:
            self.list.setCurrentRow([*rules].index(chosen))

    def _show_rule(self, name: str) -> None:
        self.remove.setEnabled(name in self.rules)
        if name in self.rules:
            typed = dict(typed_of(self.rules[name]))
            self.kind.choose(typed.pop("kind"))
            self.name.setText(name)
            for field, text in typed.items():
                self.fields[field].setText(text)
            self._on_typed()

    # -- the form ----------------------------------------------------------------------------------------------

    def typed(self) -> dict[str, str]:
        """What stands in the form; only what its kind asks for."""
        kind = self.kind.value or FORMULA
        names = ("formula",) if kind == FORMULA else ("margin", "steps", "discount")
        return {"kind": kind, **{name: self.fields[name].text() for name in names}}

    def _on_typed(self) -> None:
        is_formula = self.kind.value == FORMULA
        for name, line in self.lines.items():
            line.setVisible((name == "formula") is is_formula)
        rule = self._rule()
        self.text.setText("" if rule is None or is_formula else rule.text)
        self.primary.setEnabled(rule is not None)
        self.save.setEnabled(rule is not None and bool(self.name.text().strip()))

    def _rule(self) -> OwnRule | None:
        """The rule in the form; what is wrong is said, an empty formula is not wrong yet."""
        typed = self.typed()
        self.problem.setText("")
        if typed["kind"] == FORMULA and not typed["formula"].strip():
            return None
        try:
            return own_rule(**typed)
        except AppError as error:
            self._tell(error)
            return None

    def keep(self) -> None:
        """Keep what stands in the form."""
        handle = self._context.runner.call(self._desk.save_price_rule, self.name.text(), self.typed())
        handle.succeeded.connect(self._on_kept)
        handle.failed.connect(self._tell)

    def forget(self) -> None:
        """Remove the chosen rule."""
        item = self.list.currentItem()
        if item is not None:
            handle = self._context.runner.call(self._desk.remove_price_rule, item.text())
            handle.succeeded.connect(lambda _: self._on_kept())
            handle.failed.connect(self._tell)

    def _on_kept(self, name: str = "") -> None:
        """The list anew; undo has something to take back."""
        self._context.changes.tell({"change"})
        self.load(name)

    def apply(self) -> None:
        """Set prices with what stands in the form: a bulk edit with its preview opens."""
        rule = self._rule()
        if rule is not None:
            self.accept()
            self.wanted.emit(rule.text)

    def _tell(self, error: Exception) -> None:
        self.problem.tell(error)
