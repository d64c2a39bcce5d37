"""What is done from the Freight templates tab: editors, trial, comparison, workbooks; and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.messages import tr
from app.services.freight.keeping import TariffDraft
from app.services.freight.records import FreightTemplateRow
from app.services.freight.sheet_storing import FreightImport
from app.services.freight.tariff_store import StoredTariff
from app.views.context import ViewContext
from app.views.freight.compare_dialog import CompareDialog
from app.views.freight.editors import ChannelsEditor, FreightEditor, TariffEditor, TemplateEditor
from app.views.freight.import_dialog import FreightImportDialog
from app.views.freight.trial_dialog import TrialDialog
from app.views.importing.save_file import SHEETS, WORKBOOK, ask_files, saving_dialog
from app.views.notices import Offer
from app.views.widgets.dialog import Dialog

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.views.freight.page import FreightPage

CHANGED = frozenset({"freight_template", "change", "listing"})


class FreightActs(QObject):
    """Opens dialogs over *page*, its parent."""

    def __init__(self, context: ViewContext, page: FreightPage) -> None:
        super().__init__(page)
        self._context, self._page = context, page

    # -- trying ------------------------------------------------------------------------------------------------

    def try_freight(self, row: Any = None, listing_id: int | None = None) -> None:
        """The trial, beginning with the current template or tariff."""
        chosen = None
        if isinstance(row, FreightTemplateRow):
            chosen = ("local" if row.is_local else "synced", row.id)
        elif isinstance(row, StoredTariff):
            chosen = ("tariff", row.id)
        self._with_names(
            lambda names: TrialDialog(self._context, names, self._page, chosen=chosen, listing_id=listing_id)
        )

    def compare(self, ids: Sequence[int]) -> None:
        """Two templates, beginning with the chosen ones."""
        self._with_names(lambda names: CompareDialog(self._context, names, self._page, ids))

    def _with_names(self, make: Callable[[Any], Dialog]) -> None:
        handle = self._context.runner.call(self._context.services.freight.names, self._page.store_ids)
        handle.succeeded.connect(lambda names: make(names).open())
        handle.failed.connect(self._page.problem)

    # -- editing -----------------------------------------------------------------------------------------------

    def new_template(self) -> None:
        """A local template from nothing."""
        self._open(TemplateEditor(self._context, self._page))

    def new_tariff(self) -> None:
        """A tariff from nothing."""
        self._open(TariffEditor(self._context, self._page))

    def edit(self, row: Any) -> None:
        """The current local template or tariff."""
        if isinstance(row, StoredTariff):
            draft = TariffDraft(row.name, row.tariff, row.told_source, row.as_of)
            self._open(TariffEditor(self._context, self._page, draft, row.id))
        elif row is not None and row.is_local:
            self._with_detail(row, row.name, row.source, row.id)

    def copy(self, row: Any) -> None:
        """A local template, or a tariff, that begins as a copy of the current one."""
        if isinstance(row, StoredTariff):
            draft = TariffDraft(tr("freight.copy_of", name=row.name), row.tariff, row.told_source, row.as_of)
            editor = TariffEditor(self._context, self._page, draft)
            editor.fields["key"].setText(f"{row.key}_2")
            self._open(editor)
        elif row is not None:
            self._with_detail(row, tr("freight.copy_of", name=row.name), row.store or row.source, None)

    def _with_detail(self, row: FreightTemplateRow, name: str, source: str, id: int | None) -> None:
        handle = self._context.runner.call(self._context.services.freight.templates().detail, row.id)
        handle.succeeded.connect(
            lambda detail: self._open(
                TemplateEditor(self._context, self._page, name=name, services=detail.services, source=source, id=id)
            )
        )
        handle.failed.connect(self._page.problem)

    def edit_channels(self) -> None:
        """Which tariff parcels go with."""
        handle = self._context.runner.call(self._context.services.freight.channels)
        handle.succeeded.connect(lambda found: self._open(ChannelsEditor(self._context, self._page, found)))
        handle.failed.connect(self._page.problem)

    def remove(self, row: Any) -> None:
        """The current local template or tariff goes, with a way back."""
        if row is None:
            return
        desk = self._context.services.freight
        act = desk.remove_tariff if isinstance(row, StoredTariff) else desk.remove_template
        handle = self._context.runner.call(act, row.id)
        handle.succeeded.connect(lambda change: self.tell_change(change, "freight.removed", name=row.name))
        handle.failed.connect(self._page.problem)

    def _open(self, editor: FreightEditor) -> None:
        editor.stored.connect(lambda change: self.tell_change(change, "freight.stored"))
        editor.open()

    def tell_change(self, change: ChangeRecord | None, key: str, **params: Any) -> None:
        """Say what was done, with a way back, and read the tables anew."""
        if change is None:
            return
        uid = change.uid
        offer = Offer("action.undo", lambda: self._page.undo_wanted.emit(uid), shortcut="Ctrl+Z")
        self._context.notices.toast(key, offer=offer, **params)
        self._context.changes.tell(CHANGED)

    # -- workbooks ---------------------------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Ask for a workbook."""
        ask_files(self._page, "freight.action.import", lambda files: self.import_file(files[0]))

    def import_file(self, path: Path) -> None:
        """Read it and show what it would do."""
        handle = self._context.runner.start_heavy(*self._context.services.freight.import_call(path, True))
        handle.succeeded.connect(lambda found: self._show_import(path, found))
        handle.failed.connect(self._page.problem)

    def _show_import(self, path: Path, found: FreightImport) -> None:
        dialog = FreightImportDialog(found, self._page)
        dialog.accepted.connect(lambda: self._store(path))
        dialog.open()

    def _store(self, path: Path) -> None:
        handle = self._context.runner.start_heavy(*self._context.services.freight.import_call(path, False))
        handle.succeeded.connect(self._on_imported)
        handle.failed.connect(self._page.problem)

    def _on_imported(self, done: FreightImport) -> None:
        counts = {"new": done.count("new"), "changed": done.count("changed"), "same": done.count("same")}
        self.tell_change(done.change, "freight.imported", **counts)

    def ask_export(self, template_ids: Sequence[int]) -> None:
        """Ask where to write all tariffs, channels and local templates, the chosen templates with them."""
        dialog = saving_dialog(self._page, "freight.action.export", WORKBOOK, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name), template_ids))
        dialog.open()

    def export_to(self, path: Path, template_ids: Sequence[int] = ()) -> None:
        """Write them."""
        handle = self._context.runner.start_heavy(*self._context.services.freight.export_call(path, template_ids))
        handle.succeeded.connect(lambda n: self._context.notices.toast("freight.exported", n=n, file=path.name))
        handle.failed.connect(self._page.problem)

    def ask_table(self) -> None:
        """Ask where to write carriers' fees of all variants of the chosen stores."""
        dialog = saving_dialog(self._page, "freight.action.table", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.write_table(Path(name)))
        dialog.open()

    def write_table(self, path: Path) -> None:
        """Write them, as a job."""
        call = self._context.services.freight.table_call(path, self._page.store_ids)
        handle = self._context.runner.start_heavy(*call)
        handle.succeeded.connect(lambda n: self._context.notices.toast("freight.mass.done", n=n, file=path.name))
        handle.failed.connect(self._page.problem)
        self._context.jobs.add(handle, "freight.mass.job", icon="table-export")
