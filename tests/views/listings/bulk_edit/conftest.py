"""The bulk edit as a user meets it: the Listings page, a real database, the worker's functions on a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from shiboken6 import isValid

from app.models import FreightTemplate, ProductGroup, Store
from app.services.clock import now_ms
from app.services.listings.bulk_edit import session
from app.services.listings.bulk_edit.desk import BulkEditDesk
from app.services.settings import Settings
from app.views.listings.bulk_edit.card import ChangeCard
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from app.views.listings.bulk_edit.parts import OptionBox
from tests.views.listings.lane import Lane


@pytest.fixture
def lane(lane: Lane) -> Iterator[Lane]:
    """Where the dialog's heavy work is done; plans are let go of at the end."""
    yield lane
    session.close_all()


@pytest.fixture
def services(services: Any, db: Any, lane: Lane, runner: Any) -> Any:
    """What the page is given, with bulk edits."""
    services.bulk_edit = BulkEditDesk(SimpleNamespace(db=db, database_path=db.path, worker=lane, settings=Settings()))
    return services


@pytest.fixture
def lamps(make_listing: Callable[..., Any], db: Any) -> list[int]:
    """Three listings: two lamps and a mug without a price."""
    with db.write() as stored:
        stored.add(FreightTemplate(store_id=1, template_id="7001", name="Small parcels", synced_ms=1))
        stored.add(ProductGroup(store_id=1, group_id="55", name="Lamps", synced_ms=1))
    made = [
        make_listing("Bedside Table Lamp", (("LM1-WH", 1890, 120), ("LM1-GY", 2000, 90))),
        make_listing("Floor Lamp Tall", (("LM2-BK", 4500, 12),)),
        make_listing("Coffee Mug", (("MG1-RD", None, 5),)),
    ]
    return [one.id for one in made]


class User:
    """What a person does with the dialog."""

    def __init__(self, qtbot: Any, page: Any, settle: Callable[[], None]) -> None:
        self.qtbot, self.page, self.settle = qtbot, page, settle
        self.dialog: BulkEditDialog = page.findChildren(BulkEditDialog)[0]

    def card(self, at: int = 0) -> ChangeCard:
        """One of the changes."""
        return self.dialog.changes.cards[at]

    def chooses(self, box: OptionBox, id: str) -> None:
        """Choose from a list, as Enter in its popup does."""
        box.setCurrentIndex(box.findData(id))
        box.activated.emit(box.currentIndex())

    def types(self, line: Any, text: str) -> None:
        """Replace what stands in a field; Qt's test keys are ASCII, an input method inserts the rest."""
        line.setFocus()
        line.selectAll()
        if text.isascii():
            self.qtbot.keyClicks(line, text)
        elif hasattr(line, "insert"):
            line.insert(text)

    def presses(self, button: QWidget) -> None:
        """Click a button, or the square of a check box."""
        at = QPoint(10, button.height() // 2) if isinstance(button, QCheckBox) else button.rect().center()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)

    def waits_for_preview(self) -> None:
        """Until what is typed was worked out, checked and is in view."""
        dialog = self.dialog
        self.qtbot.waitUntil(lambda: not dialog._typing.isActive())
        self.qtbot.waitUntil(lambda: not dialog.working.is_busy and not dialog.checking.is_busy)
        table = dialog.preview.table
        if table is not None:
            self.qtbot.waitUntil(lambda: table.paged.is_loaded)
        self.settle()

    def chooses_segment(self, key: str) -> None:
        """Click a segment."""
        at: QPoint = self.dialog.preview.segments.part_rect(key).center()
        self.qtbot.mouseClick(self.dialog.preview.segments, Qt.MouseButton.LeftButton, pos=at)
        self.waits_for_preview()

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Code (else title), field, before, after, change and outcome of every line in view."""
        table = self.dialog.preview.table
        assert table is not None
        model, found = table.paged, []
        for row in range(model.rowCount()):
            texts = [str(model.index(row, at).data() or "") for at in range(model.columnCount())]
            found.append((texts[1] or texts[0], *texts[2:]))
        return found

    def applies(self) -> None:
        """Press the primary and wait until it is stored."""
        self.presses(self.dialog.primary)
        self.settle()
        self.qtbot.waitUntil(lambda: not isValid(self.dialog))

    @property
    def toasts(self) -> list[str]:
        """What the window said, the newest first."""
        return [toast.text for toast in self.page.context.notices.kept]

    @property
    def counts(self) -> dict[str, int]:
        """What the segments say."""
        return self.dialog.preview.segments._counts

    def problem(self, at: int = 0) -> str:
        """What is said to be wrong in a change."""
        form = self.card(at).form
        assert form is not None
        return " ".join(field.problem.text() for field in form.fields.values() if field.problem.text())

    def field(self, name: str, at: int = 0) -> Any:
        """A field of a change by its name."""
        form = self.card(at).form
        assert form is not None
        return form.fields[name].control


@pytest.fixture
def open_edit(qtbot: Any, open_page: Any, lamps: list[int], settle: Any, lane: Lane) -> Iterator[Callable[..., User]]:
    """Opens the page, chooses rows, opens the bulk edit by its key; dialogs that are open at the end are closed."""
    users: list[User] = []

    def make(chosen: list[int] | None = None, action: str = "bulk_edit") -> User:
        page = open_page()
        if chosen:
            page.rows.select_ids(chosen)
        page.actions_of_page[action].trigger()
        qtbot.waitUntil(lambda: bool(page.findChildren(BulkEditDialog)))
        users.append(User(qtbot, page, settle))
        settle()
        return users[-1]

    yield make
    lane.gate.set()
    for user in users:
        if isValid(user.dialog):
            user.dialog.reject()
    QApplication.processEvents()


@pytest.fixture
def other_store(db: Any) -> int:
    """A second store that may be changed. Returns: its id."""
    with db.write() as stored:
        store = Store(name="橙屿家居", gateway="http://127.0.0.1:1", credential_ref="two", created_ms=now_ms())
        stored.add(store)
        stored.flush()
        return int(store.id)
