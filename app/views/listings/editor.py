"""The fields of one listing: every change is saved at once, every finding stands at its field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.compliance.findings import Finding, finding_text
from app.services.compliance.units import resolve_unit, units
from app.services.listings.details import Choice, ListingDetail, Lock
from app.services.packages.rules import package_rules
from app.services.regional_prices import RegionalPrices
from app.views.language import language
from app.views.listings.category_field import CategoryField
from app.views.listings.editor_form import GROUPED, EditorForm
from app.views.listings.panel_head import problem_text
from app.views.listings.variant_actions import VariantActions, variant_labels
from app.views.widgets.form import mark_bad

if TYPE_CHECKING:
    from app.services.listings.records import ListingRecord
    from app.views.context import ViewContext
    from app.views.listings.saver import Saver
    from app.views.thumbnails import Thumbnails
    from app.views.widgets.label import Label as TextLabel

SKU_CELLS = {"sku.code": "code", "sku.price": "price_minor", "sku.stock": "stock", "sku.properties": "label"}
PROPERTIES = "sku.properties"
SECTION_OF = {name: name for name in ("images", "skus", "regional_prices", "attributes", "detail_html")}
ORDER = ("block", "hold", "warn")
Said = tuple[str, bool]
"""A sentence, and whether it stands in the way of publishing (else it is a warning)."""
SENTENCES = 2
"""So many findings are told below a section; the tab Checks has them all."""


class ListingEditor(EditorForm):
    """Shows a `ListingDetail` and tells its `Saver` what the user changes.

    Emits:
        refused: a sentence about what was typed and cannot be stored.
        explain_wanted: (id of the store, code) whose meaning is asked for.
        price_wanted: (id of the listing, id of the variant) whose price is asked about.
    """

    refused = Signal(str)
    explain_wanted = Signal(int, str)
    price_wanted = Signal(int, int)

    def __init__(self, context: ViewContext, saver: Saver, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        desk = context.services.listings
        self._saver = saver
        self._detail: ListingDetail | None = None
        self._said: dict[str, Said] = {}
        self._unread: dict[tuple[int, str], str] = {}
        self._cells_refused = ""
        find = partial(self._find_categories, desk)
        super().__init__(CategoryField(context.runner, find), pictures, parent)
        self._connect()

    def _find_categories(self, desk: Any, text: str) -> Any:
        return desk.find_categories(self._detail.record.store_id if self._detail else 0, text)

    def _connect(self) -> None:
        for name, line in (*self.texts.items(), *self.numbers.items(), ("detail_html", self.detail_html)):
            line.typed.connect(partial(self._saver.put_field, name))
            line.left.connect(self._on_left)
        for name, line in self.numbers.items():
            line.refused.connect(partial(self._on_refused, name))
        for name, box in self.boxes.items():
            box.chosen.connect(partial(self._saver.choose_field, name))
        self.category_id.chosen.connect(partial(self._saver.choose_field, "category_id"))
        self.title.textChanged.connect(lambda _: self._count_title())
        self.images.changed.connect(self._saver.put_images)
        self.grid.skus.edited.connect(self._saver.put_skus)
        self.grid.explain_wanted.connect(self._on_explain)
        self.grid.price_wanted.connect(self._on_price)
        self.grid.skus.refused.connect(self._on_cells_refused)
        self.attributes.set_folded(self.sections["attributes"].is_folded)
        self.sections["attributes"].folded.connect(self.attributes.set_folded)
        self.attributes.chosen.connect(partial(self._saver.choose_field, "attributes"))
        self.attributes.typed.connect(partial(self._saver.put_field, "attributes"))
        self.attributes.left.connect(self._on_left)
        self.regional_prices.set_folded(self.sections["regional_prices"].is_folded)
        self.sections["regional_prices"].folded.connect(self.regional_prices.set_folded)
        self.regional_prices.chosen.connect(partial(self._saver.choose_field, "regional_prices"))
        self.regional_prices.typed.connect(partial(self._saver.put_field, "regional_prices"))
        self.regional_prices.left.connect(self._on_left)
        self._variants = VariantActions(self, self._saver)
        self._variants.left.connect(self._on_left)

    # -- showing -----------------------------------------------------------------------------------------------

    def _on_explain(self, code: str) -> None:
        if self._detail is not None:
            self.explain_wanted.emit(self._detail.record.store_id, code)

    def _on_price(self, sku_id: int) -> None:
        if self._detail is not None:
            self.price_wanted.emit(self._detail.record.id, sku_id)

    def show_detail(self, detail: ListingDetail) -> None:
        """Show a listing; whatever is being typed in it stays as it is typed."""
        before, self._detail = self._detail, detail
        is_other = before is None or before.record.id != detail.record.id
        record = detail.record
        self._show_values(record, is_other)
        is_zh = language.code == "zh"
        self.category_id.show_category(
            detail.category_path_zh if is_zh else detail.category_path_en, record.category_id, is_other=is_other
        )
        self.group_id.show_choices(detail.groups, record.group_id, may_be_empty=True)
        self.freight_template_id.show_choices(detail.templates, record.freight_template_id)
        self._show_service(detail)
        known = tuple(Choice(id, label.shown(language.code)) for id, label in units().items())
        self.unit.show_choices(known, resolve_unit(record.unit) or record.unit)
        currencies = sorted(detail.limits.currencies)
        self.currency.show_choices([Choice(code, code) for code in currencies], record.currency)
        self._show_currency(is_other, is_wanted=record.currency not in currencies)
        self._show_lists(detail, is_other)
        self._show_findings(detail, is_other)
        self._variants.show_detail(detail)
        self._show_states(detail)
        self._lock(detail.lock != Lock.NONE)
        if is_other:
            self._show_unread(record.id)

    def _show_values(self, record: ListingRecord, is_other: bool) -> None:
        for name, line in (*self.texts.items(), *self.numbers.items(), ("detail_html", self.detail_html)):
            line.show_value(getattr(record, name), is_other=is_other)
        self._count_title()

    def _show_service(self, detail: ListingDetail) -> None:
        """The line is there as long as the listing is new and there is something to choose: the platform keeps what it
        was created with."""
        chosen = detail.record.service_template_id
        self.service_template_id.show_choices(detail.services, chosen, may_be_empty=True)
        self.fields["service_template_id"].setVisible(
            detail.record.product_id is None and bool(detail.services or chosen)
        )

    def _show_currency(self, is_other: bool, *, is_wanted: bool) -> None:
        """The line is there where it has to be put right, and stays until another listing comes."""
        self.fields["currency"].setVisible(is_wanted or (not is_other and not self.fields["currency"].isHidden()))

    def _show_lists(self, detail: ListingDetail, is_other: bool) -> None:
        wrong = _said_of(detail.findings, "attributes", "attribute")
        self.attributes.show_detail(detail, wrong, is_other=is_other)
        self.regional_prices.show_detail(detail, is_other=is_other)
        extra = _shown_extra(detail.record)
        self.extra_list.show_lines([(name, _joined(value)) for name, value in extra.items()])
        has_any = bool(detail.record.attributes) or bool(detail.category.other_attributes)
        self.sections["attributes"].setVisible(has_any or self._has(detail.findings, "attributes"))
        self.sections["extra"].setVisible(bool(extra))

    @staticmethod
    def _has(findings: Iterable[Finding], name: str) -> bool:
        return any(finding.field == name for finding in findings)

    def _count_title(self) -> None:
        most = self._detail.limits.title_max if self._detail else 0
        length = len(self.title.value)
        self.counter.setText(f"{length}/{most}")
        self.counter.set_look(ink="red" if length > most else "text3")

    def _show_unread(self, listing_id: int) -> None:
        """What was typed here before and could not be read is shown again: it is not lost by looking elsewhere."""
        for (owner, name), text in list(self._unread.items()):
            if owner == listing_id:
                self.numbers[name].put_wrong(text)

    # -- what is wrong -----------------------------------------------------------------------------------------

    def _show_findings(self, detail: ListingDetail, is_other: bool) -> None:
        said: dict[str, list[Said]] = {}
        if detail.problem is not None and detail.problem.field:  # what the platform said comes first
            said[detail.problem.field] = [(problem_text(detail.problem), True)]
        for finding in sorted(detail.findings, key=lambda finding: ORDER.index(finding.severity)):
            said.setdefault(finding.field, []).append((finding_text(finding), finding.severity != "warn"))
        self._said = {name: sentences[0] for name, sentences in said.items()}
        self._show_problems()
        pictures = [finding for finding in detail.findings if finding.field == "images"]
        self.images.show_images(detail.record.images, _image_places(pictures))
        wrong = {
            (finding.sku, SKU_CELLS[finding.field]): finding_text(finding)
            for finding in reversed(detail.findings)
            if finding.sku is not None and finding.field in SKU_CELLS
        }
        record = detail.record
        self.grid.show_skus(
            record.skus,
            wrong,
            currency=record.currency,
            is_live=record.status == "live",
            is_other=is_other,
            labels=variant_labels(detail.category, record.skus),
        )
        for name, section in SECTION_OF.items():
            self._note(section, said.get(name, []))
        mark_bad(self.detail_html, any(is_bad for _, is_bad in said.get("detail_html", ())))
        self._show_cells_note()

    def _show_problems(self) -> None:
        """The sentence of each line: what cannot be read comes before what the checker says; a warning frames nothing
        in red."""
        by_line: dict[str, list[Said]] = {name: [] for name in self.fields}
        for name in (
            "title",
            "keywords",
            "category_id",
            "freight_template_id",
            "service_template_id",
            "currency",
            *self.numbers,
            "group_id",
            "unit",
        ):
            unread = self.numbers[name].problem if name in self.numbers else ""
            said = (unread, True) if unread else self._said.get(name)
            mark_bad(getattr(self, name), said is not None and said[1])
            getattr(self, name).setAccessibleDescription(said[0] if said is not None else "")
            if said is not None:
                by_line[GROUPED.get(name, name)].append(said)
        for name, sentences in by_line.items():
            _tell(self.fields[name].problem, sentences)

    def _note(self, section: str, sentences: Sequence[Said]) -> None:
        _tell(self.notes[section], sentences[:SENTENCES])

    def _show_cells_note(self) -> None:
        """Below the grid: the text that is no number, else what is wrong with the variants as a whole."""
        if self._detail is None:
            return
        findings = (one for one in self._detail.findings if one.field == "skus" or one.field in SKU_CELLS)
        said = {finding_text(finding): finding.severity != "warn" for finding in findings}
        problem = self._detail.problem
        if problem is not None and problem.field in ("skus", *SKU_CELLS):
            said = {problem_text(problem): True, **said}
        self._note("skus", [(self._cells_refused, True)] if self._cells_refused else list(said.items()))

    def _show_states(self, detail: ListingDetail) -> None:
        """The line of each section: what is in it, without unfolding it."""
        record, findings = detail.record, detail.findings
        self.sections["images"].state.setText(
            tr("listings.images_state", n=len(record.images), most=detail.limits.images_max)
        )
        self.sections["skus"].state.setText(tr("listings.skus_state", n=len(record.skus)))
        wrong = sum(finding.field == "attributes" for finding in findings)
        key = "listings.attributes_wrong" if wrong else "listings.attributes_state"
        self.sections["attributes"].state.setText(tr(key, n=len(record.attributes), wrong=wrong))
        self.sections["regional_prices"].state.setText(_regional_state(record))
        self.sections["extra"].state.setText(tr("listings.extra_state", n=len(_shown_extra(record))))
        pictures = record.detail_html.lower().count("<img")
        self.sections["detail_html"].state.setText(
            tr("listings.detail_state", n=len(record.detail_html), images=pictures)
        )
        for name in ("regional_prices", "attributes", "detail_html"):
            is_wrong = any(finding.field == name and finding.severity != "warn" for finding in findings)
            self.sections[name].state.set_look(ink="red" if is_wrong else "text2")

    def _lock(self, is_locked: bool) -> None:
        for line in (*self.texts.values(), *self.numbers.values(), self.category_id, self.detail_html):
            line.setReadOnly(is_locked)
        for part in (*self.boxes.values(), self.images, self.grid):
            part.set_locked(is_locked)
        self._variants.set_locked(is_locked)

    # -- what the user does ------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Take what stands in an open cell editor or name: the listing is being left."""
        self.grid.commit_open()
        self.attributes.commit()

    def focus_finding(self, finding: Finding) -> None:
        """Put the cursor where this finding is put right: the very line or cell."""
        if finding.field == PROPERTIES:
            self._reveal(self._variants.open_on(finding.sku, str(finding.params.get("property", ""))), "skus")
        elif finding.sku is not None and finding.field in SKU_CELLS:
            self.grid.choose(finding.sku, SKU_CELLS[finding.field])
            self._reveal(self.grid, "skus")
        elif finding.field == "attributes":
            self.sections["attributes"].fold(False)
            self._reveal(self.attributes.focus_on(str(finding.params.get("attribute", ""))), "attributes")
        else:
            self.focus_field(finding.field)

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field."""
        section = "skus" if name.startswith("sku") else SECTION_OF.get(name, "")
        if name == "currency":
            self.fields["currency"].show()
        if name == PROPERTIES:
            self._reveal(self._variants.open_on(None, ""), section)
        elif name == "attributes":
            self.sections[section].fold(False)
            self._reveal(self.attributes.focus_on(), section)
        else:
            self._reveal(self.grid if section == "skus" else getattr(self, name, self.title), section)

    def _reveal(self, target: QWidget, section: str) -> None:
        """Unfold, focus and scroll to it."""
        if section:
            self.sections[section].fold(False)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, target, partial(self._scroll_to, target))  # what was just unfolded has no place yet

    def _scroll_to(self, target: QWidget) -> None:
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(target)

    def _on_left(self) -> None:
        self._saver.flush()
        self._saver.forget_typing()

    def _on_refused(self, name: str, problem: str) -> None:
        line = self.numbers[name]
        if self._detail is not None and line.hasFocus():
            key = (self._detail.record.id, name)
            if problem:
                self._unread[key] = line.text()
            else:
                self._unread.pop(key, None)
        self._show_problems()

    def _on_cells_refused(self, problem: str) -> None:
        self._cells_refused = problem
        self._show_cells_note()


def _tell(label: TextLabel, sentences: Sequence[Said]) -> None:
    """Show sentences below something, in red where one of them stands in the way."""
    label.set_look(ink="red" if any(is_bad for _, is_bad in sentences) else "amber")
    label.setText("\n".join(sentence for sentence, _ in sentences))
    label.setVisible(bool(sentences))


def _said_of(findings: Iterable[Finding], field: str, param: str) -> dict[str, str]:
    """The first sentence about each thing that findings of a field name, by its name."""
    said: dict[str, str] = {}
    for finding in sorted(findings, key=lambda finding: ORDER.index(finding.severity)):
        if finding.field == field and param in finding.params:
            said.setdefault(str(finding.params[param]), finding_text(finding))
    return said


def _shown_extra(record: ListingRecord) -> dict[str, Any]:
    """Unknown columns without the note a listing keeps of its data package."""
    note = package_rules().kept_header
    return {name: value for name, value in record.extra.items() if name != note}


def _regional_state(record: ListingRecord) -> str:
    """Which countries have prices of their own, without unfolding them."""
    if record.regional_prices is None:
        return tr("listings.regional_state.unknown")
    found = RegionalPrices.of(record.regional_prices)
    if not found.countries:
        return tr("listings.regional_state.none")
    return tr("listings.regional_state", n=len(found.countries), kind=tr(f"listings.regional.{found.kind}"))


def _joined(value: Any) -> str:
    """An unknown column's text: one for the listing, or one for each of its rows."""
    return " · ".join(dict.fromkeys(value)) if isinstance(value, list) else str(value)


def _image_places(findings: list[Finding]) -> dict[int, str]:
    """Positions of pictures that findings speak of, counted from 0; in their sentences they count from 1."""
    places: dict[int, str] = {}
    for finding in findings:
        number = finding.params.get("number")
        if isinstance(number, int):
            places.setdefault(number - 1, finding_text(finding))
    return places
