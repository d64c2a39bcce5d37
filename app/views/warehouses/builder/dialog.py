"""The overseas builder (mock 07): a data package or listings, offers by sheet or template, a grid to look at and to
type into, and the result as a valid package or as one change of the listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.packages import PackageReport
from app.services.paging import Query
from app.services.tasks import Progress
from app.services.warehouses.overseas.desk import OVERSEAS, PACKAGE
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.remedies import Kind, Remedy, with_remedy
from app.services.warehouses.overseas.session import BuildHead, BuildRequest
from app.views.context import ViewContext
from app.views.drop_overlay import paths_of
from app.views.errors import sentence
from app.views.importing.save_file import SHEETS, ask_files, saving_dialog
from app.views.language import say
from app.views.latest_call import LatestCall
from app.views.notices import Offer
from app.views.numbers import parse_money
from app.views.warehouses.builder.grid import Grid
from app.views.warehouses.builder.options import Options
from app.views.warehouses.builder.report import Report
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row

SIZE = QSize(1240, 790)
ZIP = "ZIP (*.zip)"


@dataclass(frozen=True)
class Subject:
    """What is built: a package, or listings (ids, or the filter) with how many there are."""

    package: Path | None = None
    listings: tuple[int, ...] | Query = ()
    count: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is chosen yet."""
        return self.package is None and not self.count


class BuilderDialog(Dialog):
    """Works the build out in the worker process whenever something changes; nothing is written before the button.

    Attributes:
        head: the build in view, None before the first.

    Emits:
        applied: the `ListingsBuilt`.
        import_wanted: the package is to be imported instead.
    """

    applied = Signal(object)
    import_wanted = Signal(object)

    def __init__(self, context: ViewContext, subject: Subject, parent: QWidget, *, template_id: int = 0) -> None:
        super().__init__("overseas.title", parent, size=SIZE)
        self._context, self._desk = context, context.services.overseas
        self.subject, self._template_id = subject, template_id
        self.head: BuildHead | None = None
        self._edits = BuildOptions()
        self._is_ready = False
        self.options, self.grid, self.report = Options(), Grid(context), Report()
        self.upload, self.instead = Button("overseas.upload"), Button("overseas.import_instead")
        self._call = LatestCall(context, self)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self.options.take_sheet(None, quietly=True)
        self.options.show_checks(None)
        self._show_subject()
        self._load()

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        whole.addWidget(self.options)
        right = column(gap=0)
        right.addWidget(self.grid, 1)
        right.addWidget(self.report)
        whole.addLayout(right, 1)
        self.report.hide()
        self.footer.row.addWidget(self.instead)
        self.footer.row.addWidget(self.upload)
        self.primary = self.add_buttons("overseas.write")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.finish)

    def _connect(self) -> None:
        self._call.progressed.connect(self._on_progress)
        self._call.waits.connect(lambda: self.hint.say("overseas.waits"))
        self._call.answered.connect(self._on_head)
        self._call.failed.connect(self._on_failed)
        self.options.changed.connect(self.ask)
        self.options.package_wanted.connect(
            lambda: ask_files(self, "overseas.choose_package", lambda files: self.take_package(files[0]))
        )
        self.options.sheet_wanted.connect(
            lambda: ask_files(self, "overseas.choose_sheet", lambda files: self.options.take_sheet(files[0]))
        )
        self.options.reset_wanted.connect(self.forget_edits)
        self.grid.priced.connect(self.price)
        self.grid.remedied.connect(self.remedy)
        self.report.remedied.connect(self.remedy)
        self.report.place_wanted.connect(self.grid.go_to)
        self.grid.failed.connect(self._on_failed)
        self.report.fixed.connect(self.fix)
        self.upload.clicked.connect(self._ask_where_to_upload)
        self.instead.clicked.connect(self._on_import)

    # -- what is built -----------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Templates and stores to choose from; then the first build."""
        handle = self._context.runner.call(lambda: (self._desk.templates(), self._context.services.stores()))
        handle.succeeded.connect(lambda found: self._on_choices(*found))
        handle.failed.connect(self._on_failed)

    def _on_choices(self, templates: Sequence[Any], stores: Sequence[Any]) -> None:
        self.options.show_choices(templates, [(one.id, one.name) for one in stores], self._template_id)
        self._is_ready = True
        self.ask()

    def take_package(self, path: Path) -> None:
        """Build on another package."""
        self.subject = Subject(package=path)
        self._drop_build()
        self._edits = BuildOptions()
        self._show_subject()
        self.ask()

    def take_sheet(self, path: Path) -> None:
        """Take the offers of a sheet."""
        self._edits = replace(self._edits, fixes={})
        self.options.take_sheet(path)

    def _show_subject(self) -> None:
        package = self.subject.package
        if package is not None:
            self.options.what.setText(package.name)
        else:
            self.options.what.say(
                "overseas.listings" if self.subject.count else "overseas.nothing", n=self.subject.count
            )
        self.instead.setVisible(package is not None)
        self._show_primary()

    # -- building ----------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Work it out anew: something else is wanted."""
        chosen = self.options.options() if self._is_ready else None
        if self.subject.is_empty or chosen is None:
            self._say_what_is_missing()
            return
        edits = self._edits
        options = replace(
            chosen,
            fixes=edits.fixes,
            prices=edits.prices,
            excluded=edits.excluded,
            zeros=edits.zeros,
            shortened=edits.shortened,
        )
        if self.head is None:
            self.grid.show_working()
            package, listings = self.subject.package, self.subject.listings
            request = BuildRequest(options, package, listings, self._desk.separator)
            self._call.ask(self._desk.prepare_call(request))
        else:
            self._call.ask(self._desk.again_call(self.head.token, options))
        self._show_primary()

    def _say_what_is_missing(self) -> None:
        if not self._is_ready:
            return
        key = "overseas.need_subject" if self.subject.is_empty else "overseas.need_offers"
        self._call.stop()
        self.grid.show_hint(key)
        self.report.hide()
        self._drop_build()
        self._show_primary()

    def _on_progress(self, progress: Progress) -> None:
        if progress.total:
            self.hint.say("overseas.progress", done=progress.done, n=progress.total)

    def _on_head(self, head: BuildHead) -> None:
        self.head = head
        self.grid.show_head(head, self._desk.grid_source(head))
        self.report.show_head(head)
        self.report.show()
        self.options.show_checks(head)
        self._show_primary()

    def _on_failed(self, error: Exception) -> None:
        self.grid.show_problem("overseas.cannot", sentence(error))
        self.report.hide()
        self._drop_build()
        self._show_primary()

    def _drop_build(self) -> None:
        if self.head is not None:
            self._context.runner.start_heavy(*self._desk.discard_call(self.head.token))
            self.head = None
            self.options.show_checks(None)

    # -- edits -------------------------------------------------------------------------------------------------

    def price(self, key: str, country: str, text: str) -> None:
        """A price typed into the grid; an empty one takes the combination out."""
        spot = (key, country)
        prices = {place: price for place, price in self._edits.prices.items() if place != spot}
        excluded, zeros = self._edits.excluded - {spot}, self._edits.zeros - {spot}
        try:
            minor = parse_money(text)
        except ValueError:
            self.hint.say("overseas.bad_price", value=text)
            return
        if minor is None:
            excluded |= {spot}
        else:
            prices[spot] = minor
        self._edits = replace(self._edits, prices=prices, excluded=excluded, zeros=zeros)
        self.ask()

    def remedy(self, one: Remedy) -> None:
        """One click of the grid or the report."""
        if one.kind is Kind.KEEP:
            self.options.keep_real(one.country)
            return
        self._edits = with_remedy(self._edits, one)
        self.ask()

    def fix(self, number: int, code: str) -> None:
        """Another code for a row of the sheet."""
        self._edits = replace(self._edits, fixes={**self._edits.fixes, number: code})
        self.ask()

    def forget_edits(self) -> None:
        """What was typed does not count any more."""
        self._edits = BuildOptions()
        self.ask()

    # -- the end -----------------------------------------------------------------------------------------------

    def _show_primary(self) -> None:
        is_package = self.subject.package is not None or not self.subject.count
        changed = self.head.counts["changed"] if self.head is not None else 0
        is_there = self.head is not None and not self._call.is_busy
        say(self.primary, "overseas.write" if is_package else "overseas.apply", n=changed)
        self.primary.setEnabled(is_there and (is_package or changed > 0))
        self.upload.setEnabled(is_there and bool(self.head and self.head.counts["added"]))
        self.options.reset.setEnabled(self._edits.has_edits)
        for button, why in (
            (self.options.reset, "overseas.no_edits"),
            (self.upload, "overseas.not_built"),
            (self.primary, "overseas.not_built"),
        ):
            button.setToolTip("" if button.isEnabled() else tr(why))
        self.hint.say("overseas.promise" if is_package else "overseas.promise_listings")

    def finish(self) -> None:
        """Write the package, once its place is known, or change the listings."""
        if self.head is None:
            return
        if self.subject.package is None:
            self._apply(self.head)
            return
        dialog = saving_dialog(self, "overseas.write", ZIP, ".zip")
        dialog.setDirectory(str(self.subject.package.parent))
        dialog.selectFile(f"{self.subject.package.stem}-overseas.zip")
        dialog.fileSelected.connect(lambda name: self.write_to(Path(name)))
        dialog.open()

    def write_to(self, path: Path) -> None:
        """Write the new package as a job; the dialog stays until it is done."""
        if self.head is None:
            return
        handle = self._context.runner.start_heavy(*self._desk.write_call(self.head.token, str(path)))
        self._context.jobs.add(handle, "overseas.job_write", icon="file-zip", file=path.name)
        self.primary.setEnabled(False)
        handle.succeeded.connect(lambda report: self._on_written(report, path))
        handle.failed.connect(self._on_not_done)
        handle.cancelled.connect(self._show_primary)

    def _on_written(self, report: PackageReport, path: Path) -> None:
        counts = {"n": report.skus, "left": len(report.left_out), "file": path.name}
        offer = Offer("overseas.import_package", lambda: self.import_wanted.emit(list(report.files)))
        key, tone = ("overseas.written_partly", "amber") if report.left_out else ("overseas.written", "green")
        self._context.notices.toast(key, offer=offer, tone=tone, **counts)
        self.accept()

    def _apply(self, head: BuildHead) -> None:
        handle = self._context.runner.start_heavy(*self._desk.apply_call(head.token))
        self._context.jobs.add(handle, "overseas.job_apply", icon="wand", n=head.counts["changed"])
        self.primary.setEnabled(False)
        handle.succeeded.connect(self._on_applied)
        handle.failed.connect(self._on_not_done)
        handle.cancelled.connect(self._show_primary)

    def _on_applied(self, built: Any) -> None:
        self.applied.emit(built)
        self.accept()

    def _on_not_done(self, error: Exception) -> None:
        self._show_primary()
        self.hint.tell(error)

    def _ask_where_to_upload(self) -> None:
        dialog = saving_dialog(self, "overseas.upload", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.upload_to(Path(name)))
        dialog.open()

    def upload_to(self, path: Path) -> None:
        """Write the upload sheet."""
        if self.head is not None:
            handle = self._context.runner.start_heavy(*self._desk.upload_call(self.head.token, str(path)))
            handle.succeeded.connect(lambda n: self._context.notices.toast("overseas.uploaded", n=n, file=path.name))
            handle.failed.connect(self._on_not_done)

    def _on_import(self) -> None:
        if self.subject.package is not None:
            self.import_wanted.emit([self.subject.package])
            self.reject()

    # -- files -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Packages and sheets may be dropped."""
        if paths_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take each file for what it is."""
        self.take_files(paths_of(event))

    def take_files(self, paths: Sequence[Path]) -> None:
        """A package becomes what is built, an overseas sheet the offers."""
        handle = self._context.runner.call(lambda: [(path, self._desk.kind_of(path)) for path in paths])
        handle.succeeded.connect(self._on_kinds)

    def _on_kinds(self, kinds: Sequence[tuple[Path, str]]) -> None:
        for path, kind in kinds:
            if kind == PACKAGE:
                self.take_package(path)
            elif kind == OVERSEAS:
                self.take_sheet(path)
            else:
                self.hint.say("overseas.unknown_file", file=path.name)

    def done(self, result: int) -> None:
        """Nothing is worked out for a closed dialog."""
        self._call.stop()
        self._drop_build()
        super().done(result)
