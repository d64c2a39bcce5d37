"""The left side of the builder: what is built, from which offers, and what the checks say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea

from app.messages import tr
from app.services.compliance.ships_from import ships_from
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.records import CHECKS
from app.services.warehouses.overseas.session import BuildHead
from app.services.warehouses.records import WarehouseTemplateRecord
from app.views.listings.bulk_edit.parts import Line, OptionBox
from app.views.numbers import integer
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label

WIDTH = 300
NONE = "0"


class Options(Ground):
    """The choices of one build.

    Emits:
        changed: something else is wanted.
        package_wanted, sheet_wanted: a file is to be chosen.
        reset_wanted: what was typed into the grid and the report is to be forgotten.
    """

    changed = Signal()
    package_wanted = Signal()
    sheet_wanted = Signal()
    reset_wanted = Signal()

    def __init__(self) -> None:
        self.checks: dict[str, tuple[IconLabel, Label]] = {}  # before all else: a widget that is dressed shows them
        super().__init__("sunken", "right")
        self.sheet: Path | None = None
        self._templates: dict[str, WarehouseTemplateRecord] = {}
        self._head: BuildHead | None = None
        self.what, self.sheet_name = ElidedLabel(middle=True, strong=True), ElidedLabel(middle=True)
        self.choose_package = Button("overseas.choose_package", kind="small")
        self.choose_sheet = Button("overseas.choose_sheet", kind="small")
        self.drop_sheet = Button("overseas.drop_sheet", kind="small")
        self.template, self.store = OptionBox(), OptionBox()
        self.missing = OptionBox(lambda id: f"warehouses.missing.{id}", ("leave", "zero"))
        self.missing.choose("leave")
        self.real = Line("overseas.real_hint")
        self.real_field = Field("overseas.real", self.real)
        self.reset = Button("overseas.reset", kind="small")
        self._build()
        self._connect()

    def _build(self) -> None:
        inner = Ground("sunken")
        lines = column(inner, edges=14, gap=8)
        lines.addWidget(self.what)
        lines.addWidget(self.choose_package)
        lines.addWidget(Label("overseas.sheet_of", role="small", strong=True))
        lines.addWidget(self.sheet_name)
        files = row(gap=6)
        files.addWidget(self.choose_sheet)
        files.addWidget(self.drop_sheet)
        files.addStretch(1)
        lines.addLayout(files)
        for field in (
            Field("overseas.template", self.template),
            Field("overseas.missing_how", self.missing),
            Field("overseas.store", self.store),
            self.real_field,
        ):
            lines.addWidget(field)
        lines.addWidget(self.reset)
        lines.addWidget(Label("overseas.checks", role="small", strong=True))
        for check in CHECKS:
            line = row(gap=8)
            icon, label = IconLabel("circle-check", 16, "green"), Label(role="small", wrap=True)
            line.addWidget(icon)
            line.addWidget(label, 1)
            self.checks[check] = (icon, label)
            lines.addLayout(line)
        lines.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        column(self).addWidget(area)

    def _connect(self) -> None:
        self.choose_package.clicked.connect(self.package_wanted)
        self.choose_sheet.clicked.connect(self.sheet_wanted)
        self.drop_sheet.clicked.connect(lambda: self.take_sheet(None))
        self.reset.clicked.connect(self.reset_wanted)
        self.template.chosen.connect(lambda _: self._on_template())
        for box in (self.missing, self.store):
            box.chosen.connect(lambda _: self.changed.emit())
        self.real.editingFinished.connect(self._on_real)

    def restyle(self) -> None:
        """Wider with larger text."""
        super().restyle()
        self.setFixedWidth(WIDTH + 20 * (current_theme().body_px - 13))

    def show_choices(
        self, templates: Sequence[WarehouseTemplateRecord], stores: Sequence[tuple[int, str]], template_id: int
    ) -> None:
        """Templates and stores to choose from, and the one to begin with."""
        self._templates = {str(one.id): one for one in templates}
        self.template.show_named(
            [(NONE, tr("overseas.no_template")), *((id, one.name) for id, one in self._templates.items())]
        )
        self.template.choose(str(template_id) if str(template_id) in self._templates else NONE)
        self.store.show_named([(NONE, tr("overseas.any_store")), *((str(id), name) for id, name in stores)])
        self.store.choose(NONE)
        self._follow_template()

    def take_sheet(self, path: Path | None, *, quietly: bool = False) -> None:
        """Another overseas sheet, None for none."""
        self.sheet = path
        self.sheet_name.setText(tr("overseas.no_sheet") if path is None else path.name)
        self.drop_sheet.setVisible(path is not None)
        if not quietly:
            self.changed.emit()

    @property
    def chosen_template(self) -> WarehouseTemplateRecord | None:
        """The template that is chosen."""
        return self._templates.get(self.template.value or NONE)

    def options(self) -> BuildOptions | None:
        """What is chosen; None while neither sheet nor template is, or a country is unknown."""
        real = self._real()
        if real is None or (self.sheet is None and self.chosen_template is None):
            return None
        store = int(self.store.value or NONE)
        return BuildOptions(self.sheet, self.chosen_template, self.missing.value == "zero", real, store or None)

    def _real(self) -> frozenset[str] | None:
        """Countries with real stock; None where one is unknown."""
        found, table = set(), ships_from()
        for text in filter(None, map(str.strip, self.real.text().replace("，", ",").split(","))):
            code = table.country(text)
            if code is None or code not in table.value_ids:
                self.real_field.show_problem(tr("overseas.real_unknown", value=text))
                return None
            found.add(code)
        self.real_field.show_problem("")
        return frozenset(found)

    def _on_real(self) -> None:
        if self.real.isModified() and self._real() is not None:
            self.real.setModified(False)
            self.changed.emit()

    def keep_real(self, country: str) -> None:
        """Variants of *country* are real stock, too, and stay."""
        wanted = [text.strip() for text in self.real.text().replace("，", ",").split(",") if text.strip()]
        if country not in wanted:
            self.real.setText(", ".join([*wanted, country]))
            self.changed.emit()

    def _on_template(self) -> None:
        self._follow_template()
        self.changed.emit()

    def _follow_template(self) -> None:
        """The template says what becomes of missing combinations; a person may choose otherwise."""
        if self.chosen_template is not None:
            self.missing.choose("zero" if self.chosen_template.zero_missing else "leave")

    def retranslate(self) -> None:
        """Finished texts in the new language."""
        if self.checks:
            self.show_checks(self._head)
            for box, key in ((self.template, "overseas.no_template"), (self.store, "overseas.any_store")):
                box.setItemText(box.findData(NONE), tr(key))
            if self.sheet is None:
                self.sheet_name.setText(tr("overseas.no_sheet"))

    def show_checks(self, head: BuildHead | None) -> None:
        """The eight checks."""
        self._head = head
        for check, (icon, label) in self.checks.items():
            count = 0 if head is None else head.checks[check]
            ink = "text3" if head is None else "amber" if count else "green"
            icon.set_icon("alert-triangle" if count else "circle-check", ink)
            said = tr("overseas.found", n=integer(count)) if count else tr("overseas.passed")
            label.setText(
                tr("overseas.check_line", check=tr(f"overseas.check.{check}"), said="–" if head is None else said)
            )
