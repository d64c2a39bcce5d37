"""Changing pictures: add, remove, reorder, replace; a picture is found by its place or by what is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.bulk_edit.operations import (
    AddImages,
    Operation,
    RemoveImages,
    ReorderImages,
    ReplaceImage,
)
from app.views.errors import sentence
from app.views.importing.save_file import ask_files
from app.views.listings.bulk_edit.parts import Form, Line, Lines, OptionBox, Surroundings, Unfit
from app.views.widgets.buttons import IconButton
from app.views.widgets.label import Label

ENDS = ("start", "end")
MOST = 100
"""No listing has as many pictures."""
_PLACE = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")
_TO = re.compile(r"\s*[-–—~]\s*")
_GAP = re.compile(r"[,，、;；\s]+")


def places(text: str) -> tuple[int, ...]:
    """`1, 3-5` as places counted from 0, in the order they are written. Raises: ValueError."""
    found: list[int] = []
    for part in filter(None, _GAP.split(_TO.sub("-", text))):
        match = _PLACE.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= MOST:
            raise ValueError(part)
        found += range(first - 1, last)
    return tuple(dict.fromkeys(found))


class AddImagesForm(Form):
    """Files or addresses, one a line."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.sources, self.at = Lines(), OptionBox(lambda id: f"bulk_edit.end.{id}", ENDS)
        self.at.choose("end")
        self.add("sources", self.sources, extra=_browse(self, self._add))
        self.add("at", self.at)

    def _add(self, paths: list[Path]) -> None:
        for path in paths:
            self.sources.appendPlainText(str(path))

    def fill(self, operation: AddImages) -> None:
        """A source a line."""
        self.sources.setPlainText("\n".join(operation.sources))
        self.at.choose(operation.at)

    def operation(self) -> Operation | None:
        """All lines."""
        sources = [line.strip() for line in self.sources.toPlainText().splitlines() if line.strip()]
        return AddImages(tuple(sources), cast(Any, self.at.value)) if sources else None


class PlacesForm(Form):
    """Pictures by their place, 1 for the main one: taken away, or put first."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.is_removal = action == "remove_at"
        self.places = Line("bulk_edit.places_hint")
        self.add("places", self.places)

    def fill(self, operation: RemoveImages | ReorderImages) -> None:
        """The places."""
        found = operation.first if isinstance(operation, ReorderImages) else operation.positions
        self.places.setText(", ".join(str(place + 1) for place in found))

    def operation(self) -> Operation | None:
        """The places."""
        try:
            found = places(self.places.text())
        except ValueError as error:
            raise Unfit("places", tr("bulk_edit.bad_places", text=str(error))) from None
        if not found:
            return None
        return RemoveImages(positions=found) if self.is_removal else ReorderImages(found)


class SameImageForm(Form):
    """Pictures that are the same as a file: taken away, or replaced by another."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self._hash, self._hashed = "", ""
        self._error: Exception | None = None
        self.old = Line()
        self.new = None if action == "remove_same" else Line()
        self.add("old_image", self.old, extra=_browse(self, lambda paths: self.old.setText(str(paths[0]))))
        self.old.editingFinished.connect(self._read)
        self.old.textChanged.connect(lambda _: None if self.old.hasFocus() else self._read())
        new = self.new
        if new is not None:
            self.add("new_image", new, extra=_browse(self, lambda paths: new.setText(str(paths[0]))))
        self.lines.addWidget(Label("bulk_edit.same_hint", role="small", ink="text3", wrap=True))

    def _read(self) -> None:
        """What is in the file, off the GUI thread."""
        path = self.old.text().strip()
        if path and (path != self._hashed or self._error is not None):
            self._hash, self._hashed, self._error = "", path, None
            handle = self.around.context.runner.call(self.around.context.services.bulk_edit.picture_hash, path)
            handle.succeeded.connect(lambda found: self._on_hash(path, found))
            handle.failed.connect(lambda error: self._on_no_hash(path, error))

    def _on_hash(self, path: str, found: str) -> None:
        if path == self._hashed:
            self._hash = found
            self.changed.emit()

    def _on_no_hash(self, path: str, error: Exception) -> None:
        """It stays said while the form is read again and again."""
        if path == self._hashed:
            self._error = error
            self.changed.emit()

    def operation(self) -> Operation | None:
        """Complete once the file was read."""
        if self.old.text().strip() != self._hashed:
            return None
        if self._error is not None:
            raise Unfit("old_image", sentence(self._error))
        if not self._hash:
            return None
        if self.new is None:
            return RemoveImages(hashes=(self._hash,))
        new = self.new.text().strip()
        return ReplaceImage(self._hash, new) if new else None


def _browse(form: QWidget, then: Any) -> IconButton:
    button = IconButton("folder-open", "bulk_edit.choose_files", size=14)
    button.clicked.connect(lambda: ask_files(form.window(), "bulk_edit.choose_files", then))
    return button
