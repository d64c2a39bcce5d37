"""Opening the overseas builder: from the Warehouse templates tab, from chosen listings, by dropped files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.services.paging import Query
from app.views.context import ViewContext
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.views.main_window import MainWindow
    from app.views.warehouses.builder.dialog import BuilderDialog

PAGE = "warehouses"
CHANGED = frozenset({"listing", "change"})
Take = Callable[[Sequence[Path]], object]


class OverseasBuilding(QObject):
    """Opens builders over *window*.

    Args:
        import_files: what becomes of a package that is to be imported.
        undo: takes a change back by its uid.
    """

    def __init__(
        self, context: ViewContext, window: MainWindow, import_files: Take, undo: Callable[[str], object]
    ) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._import_files, self._undo = import_files, undo

    def build(self, package: Path | None = None, *, template_id: int = 0) -> BuilderDialog:
        """A builder on a package, or on nothing yet."""
        from app.views.warehouses.builder.dialog import Subject

        return self._open(Subject(package=package), template_id)

    def build_listings(self, chosen: Sequence[int] | Query, count: int) -> BuilderDialog:
        """A builder on listings: ids, or the filter itself."""
        from app.views.warehouses.builder.dialog import Subject

        return self._open(Subject(listings=chosen if isinstance(chosen, Query) else tuple(chosen), count=count), 0)

    def _open(self, subject: Any, template_id: int) -> BuilderDialog:
        from app.views.warehouses.builder.dialog import BuilderDialog

        dialog = BuilderDialog(self._context, subject, self._window, template_id=template_id)
        dialog.applied.connect(self._on_applied)
        dialog.import_wanted.connect(self._import_files)
        dialog.open()
        return dialog

    def _on_applied(self, built: Any) -> None:
        self._context.changes.tell(CHANGED)
        left = len(built.left_out)
        offer = None
        if built.change is not None:
            uid = built.change.uid
            offer = Offer("action.undo", lambda: self._undo(uid), shortcut="Ctrl+Z")
        key = "overseas.applied_partly" if left else "overseas.applied" if built.change else "overseas.applied_nothing"
        self._context.notices.toast(key, offer=offer, tone="amber" if left else "green", n=built.listings, left=left)

    # -- dropped files -----------------------------------------------------------------------------------------

    def take_files(self, paths: Sequence[Path], otherwise: Take) -> None:
        """Files were dropped on the window: overseas sheets open the builder, on its own tab packages do, too; all
        else is *otherwise*'s."""
        desk = self._context.services.overseas
        handle = self._context.runner.call(lambda: [desk.kind_of(path) for path in paths])
        handle.succeeded.connect(lambda kinds: self._on_kinds(list(zip(paths, kinds, strict=True)), otherwise))
        handle.failed.connect(lambda _: otherwise(paths))

    def _on_kinds(self, kinds: Sequence[tuple[Path, str]], otherwise: Take) -> None:
        from app.services.warehouses.overseas.desk import OVERSEAS, PACKAGE

        sheets = [path for path, kind in kinds if kind == OVERSEAS]
        packages = [path for path, kind in kinds if kind == PACKAGE]
        is_here = self._window.page is not None and self._window.page.key == PAGE
        if not sheets and not (packages and is_here):
            otherwise([path for path, _ in kinds])
            return
        dialog = self.build(packages[0] if packages else None)
        for sheet in sheets[:1]:
            dialog.options.take_sheet(sheet, quietly=True)
        taken = {*sheets[:1], *packages[:1]}
        if rest := [path for path, _ in kinds if path not in taken]:
            self._context.notices.toast("overseas.left_files", tone="amber", n=len(rest))
