"""The rules of one pair of stores: what theirs become here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from app.messages import Key
from app.services.compliance.units import units
from app.services.covering.mapping import Things
from app.services.covering.rules import NO_GROUP, ROUNDINGS, BadRule, CoverRules, price_formula
from app.services.errors import AppError
from app.services.expressions import FormulaError
from app.views.errors import sentence
from app.views.language import language
from app.views.listings.bulk_edit.parts import Line, Lines, OptionBox, check_box
from app.views.widgets.form import Field, Section
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import Label

ARROW = "="
MAPPED = ("templates", "services", "groups")
AFFIXES = ("remove_prefix", "remove_suffix", "add_prefix", "add_suffix")


class RulesForm(Ground):
    """Sections that fold; below a section what is wrong in it.

    Emits:
        changed: something was typed or chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.fields: dict[str, Field] = {}
        self.sections: dict[str, Section] = {}
        self.maps: dict[str, dict[str, OptionBox]] = {name: {} for name in MAPPED}
        self._kept: dict[str, dict[str, str]] = {name: {} for name in MAPPED}
        self._units: dict[str, str] = {}
        self._lines: dict[str, list[QWidget]] = {name: [] for name in MAPPED}
        self._is_showing = False
        self._make_controls()
        self._build()

    def _make_controls(self) -> None:
        self.same_names = check_box("cover.same_names", checked=True)
        self.inches = check_box("cover.inches")
        self.defaults = {name: OptionBox() for name in MAPPED}
        self.brand, self.price = Line("cover.brand_hint"), Line("cover.price_hint")
        self.factor, self.plus, self.stock = (
            Line("cover.factor_hint"),
            Line("cover.plus_hint"),
            Line("cover.stock_hint"),
        )
        self.team = OptionBox()
        self.affixes = {name: Line() for name in AFFIXES}
        self.rounding = OptionBox(lambda id: f"cover.rounding.{id or 'none'}", ROUNDINGS)
        self.words = Lines(3)
        self.words.setPlaceholderText(f"Northlane {ARROW} Chenfan")
        self.from_unit, self.to_unit = OptionBox(), OptionBox()

    def _build(self) -> None:
        whole = column(self, gap=0)
        names = self._section("things", [self.same_names])
        for name in MAPPED:
            names.addWidget(self._field(f"default_{name}", self.defaults[name]))
        self._maps_at = names
        texts = self._section("texts", [])
        texts.addWidget(self._field("words", self.words))
        texts.addWidget(self._field("brand", self.brand))
        texts.addWidget(self._field("from_unit", self.from_unit))
        texts.addWidget(self._field("to_unit", self.to_unit))
        texts.addWidget(self.inches)
        codes = self._section("codes", [])
        for name in AFFIXES:
            codes.addWidget(self._field(name, self.affixes[name]))
        prices = self._section("prices", [])
        for name in ("factor", "plus", "team", "price", "rounding", "stock"):
            prices.addWidget(self._field(name, getattr(self, name)))
        self.team.chosen.connect(self._take_price)
        self.price.textChanged.connect(self.team.choose)
        self.show_price_rules({})
        for section in self.sections.values():
            whole.addWidget(section)
        for box in (self.same_names, self.inches):
            self._watch(box)

    def _section(self, name: str, first: Sequence[QWidget]) -> QVBoxLayout:
        body = Ground("surface")
        lines = column(body, gap=5)
        lines.setContentsMargins(14, 4, 14, 10)
        for widget in first:
            lines.addWidget(widget)
        self.sections[name] = Section(f"cover.section.{name}", body)
        return lines

    def _field(self, name: str, control: QWidget) -> Field:
        self.fields[name] = Field(f"cover.rule.{name}", control)
        self._watch(control)
        return self.fields[name]

    def _watch(self, control: QWidget) -> None:
        if isinstance(control, QLineEdit | Lines):
            control.textChanged.connect(lambda *_: self._tell())
        elif isinstance(control, OptionBox):
            control.chosen.connect(lambda _: self._tell())
        elif isinstance(control, QCheckBox):
            control.toggled.connect(lambda _: self._tell())

    def _tell(self) -> None:
        if not self._is_showing:
            self.changed.emit()

    # -- showing -----------------------------------------------------------------------------------------------

    def show_things(self, theirs: Things, ours: Things) -> None:
        """What both stores have: defaults to choose from, and a line for each of theirs."""
        self._is_showing = True
        for name in MAPPED:
            own = list(getattr(ours, name).items())
            chosen = self.defaults[name].value
            self.defaults[name].show_named([*self._nothings(name), *own])
            self.defaults[name].choose(chosen or "")
            self._show_map(name, getattr(theirs, name), own)
        shown = [(number, label.shown(language.code)) for number, label in units().items()]
        for box in (self.from_unit, self.to_unit):
            box.show_named([("", Key("cover.unit_as_it_is")), *shown])
            box.choose(box.value or "")
        self._is_showing = False

    def _nothings(self, name: str) -> list[tuple[str, str]]:
        if name == "groups":
            return [("", Key("cover.choose_later")), (NO_GROUP, Key("cover.no_group"))]
        return [("", Key("cover.choose_later"))]

    def _show_map(self, name: str, theirs: Mapping[str, str], own: list[tuple[str, str]]) -> None:
        for line in self._lines[name]:
            self._maps_at.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines[name], self.maps[name] = [], {}
        if not theirs or not own:
            return
        at = self._maps_at.indexOf(self.fields[f"default_{name}"])
        for number, (their_id, called) in enumerate(theirs.items()):
            box = OptionBox()
            none = [(NO_GROUP, Key("cover.no_group"))] if name == "groups" else []
            box.show_named([("", Key("cover.as_usual")), *none, *own])
            box.choose(self._kept[name].get(their_id, ""))
            box.chosen.connect(lambda _: self._tell())
            line = NamedField(called, box)
            self.maps[name][their_id] = box
            self._lines[name].append(line)
            self._maps_at.insertWidget(at + number, line)

    def show_price_rules(self, rules: Mapping[str, str]) -> None:
        """The team's own price rules, name → formula; a choice of them is there where there are any."""
        self.team.show_named([(formula, name) for name, formula in rules.items()])
        self.team.choose(self.price.text())
        self.fields["team"].setVisible(bool(rules))

    def _take_price(self, formula: str) -> None:
        """The chosen rule in place of whatever was said of prices."""
        self.factor.clear()
        self.plus.clear()
        self.price.setText(formula)

    def show_rules(self, rules: CoverRules) -> None:
        """The rules that were kept."""
        self._is_showing = True
        self._kept = {name: dict(getattr(rules, name)) for name in MAPPED}
        for name in MAPPED:
            value = getattr(rules, f"default_{name.removesuffix('s')}")
            self._choose(self.defaults[name], value)
            for their_id, box in self.maps[name].items():
                self._choose(box, self._kept[name].get(their_id, ""))
        self.same_names.setChecked(rules.same_names)
        self.inches.setChecked(rules.inches)
        self.words.setPlainText("\n".join(f"{found} {ARROW} {put}".rstrip() for found, put in rules.words))
        self.brand.setText(rules.brand)
        for name in AFFIXES:
            self.affixes[name].setText(getattr(rules, name))
        self.factor.clear()
        self.plus.clear()
        self.price.setText(rules.price)
        self.rounding.choose(rules.rounding)
        self.stock.setText("" if rules.stock is None else str(rules.stock))
        self._units = dict(rules.units)
        first = next(iter(self._units.items()), ("", ""))
        self._choose(self.from_unit, first[0])
        self._choose(self.to_unit, first[1])
        self._is_showing = False

    @staticmethod
    def _choose(box: OptionBox, id: str) -> None:
        box.choose(id)
        if box.currentIndex() < 0:
            box.choose("")

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self) -> CoverRules | None:
        """The rules as they are filled in; None where something cannot be used, which is said below it."""
        for field in self.fields.values():
            field.show_problem("")
        try:
            rules = self._rules()
            rules.check()
        except BadRule as error:
            self._say_wrong(str(error.params["name"]), error)
        except FormulaError as error:
            self._say_wrong("price", error)
        else:
            return rules
        return None

    def _rules(self) -> CoverRules:
        typed = self.stock.text().strip()
        if typed and not (typed.isascii() and typed.isdigit()):
            raise BadRule(name="stock", value=typed)
        formula = price_formula(self.factor.text(), self.plus.text())
        return CoverRules(
            templates=self._mapping("templates"),
            default_template=self.defaults["templates"].value or "",
            services=self._mapping("services"),
            default_service=self.defaults["services"].value or "",
            groups=self._mapping("groups"),
            default_group=self.defaults["groups"].value or "",
            same_names=self.same_names.isChecked(),
            brand=self.brand.text().strip(),
            units=self._unit_mapping(),
            inches=self.inches.isChecked(),
            words=self._words(),
            **{name: line.text().strip() for name, line in self.affixes.items()},
            price=formula or self.price.text().strip(),
            rounding=self.rounding.value or "",
            stock=int(typed) if typed else None,
        )

    def _mapping(self, name: str) -> dict[str, str]:
        """What is chosen for each of theirs; what was kept for things that are not shown stays."""
        shown = {their_id: box.value or "" for their_id, box in self.maps[name].items()}
        return {their_id: own for their_id, own in {**self._kept[name], **shown}.items() if own}

    def _unit_mapping(self) -> dict[str, str]:
        first = next(iter(self._units), "")
        rest = {number: own for number, own in self._units.items() if number != first}
        found, put = self.from_unit.value or "", self.to_unit.value or ""
        return {**rest, **({found: put} if found and put else {})}

    def _words(self) -> tuple[tuple[str, str], ...]:
        lines = [line for line in self.words.toPlainText().splitlines() if line.strip()]
        pairs = [line.partition(ARROW) for line in lines]
        return tuple((found.strip(), put.strip()) for found, _, put in pairs)

    def _say_wrong(self, name: str, error: AppError) -> None:
        self.fields[name if name in self.fields else "price"].show_problem(sentence(error))
        for section in self.sections.values():
            if section.body.isAncestorOf(self.fields[name if name in self.fields else "price"]):
                section.fold(False)


class NamedField(Ground):
    """A line for one thing of theirs: its name, and ours in its place."""

    def __init__(self, name: str, box: OptionBox) -> None:
        super().__init__("surface")
        self.box = box
        label = Label(role="small", ink="text2", wrap=True)
        label.setText(name)
        box.setAccessibleName(name)
        lines = column(self, gap=2)
        lines.addWidget(label)
        lines.addWidget(box)
