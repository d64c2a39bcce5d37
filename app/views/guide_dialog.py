"""The guide: a page for each tab and one with all keys, in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QTextBrowser, QWidget

from app.messages import tr
from app.paths import resources
from app.views.actions import ACTIONS, TABLE_KEYS, key_text
from app.views.language import language
from app.views.listings.actions import ACTIONS as LISTING_ACTIONS
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column

KEYS = "keys"


def guide_text(topic: str) -> str:
    """The Markdown of a page; the page about keys is made from the table of actions."""
    if topic == KEYS:
        return keys_text()
    path = resources() / "guide" / language.code / f"{topic}.md"
    return path.read_text("utf-8") if path.is_file() else guide_text("listings")


def keys_text() -> str:
    """All shortcuts as a Markdown table."""
    lines = [f"# {tr('action.keys')}", "", f"| {tr('guide.key')} | {tr('guide.does')} |", "| --- | --- |"]
    for spec in (*(spec for spec in ACTIONS if spec.scope == "window"), *LISTING_ACTIONS):
        if spec.keys:
            lines.append(f"| {key_text(QKeySequence(spec.keys[0]))} | {tr(spec.key).rstrip('…')} |")
    lines += [f"| {keys} | {tr(key)} |" for key, keys in TABLE_KEYS]
    return "\n".join(lines)


class GuideDialog(Dialog):
    """Non-modal: it is read beside the work."""

    def __init__(self, topic: str, parent: QWidget) -> None:
        super().__init__("guide.title", parent, size=QSize(680, 640))
        self._topic = topic
        self.page = QTextBrowser()
        self.page.setOpenExternalLinks(False)
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page.setContentsMargins(0, 0, 0, 0)
        self.page.document().setDocumentMargin(20)
        column(self.body).addWidget(self.page)
        self.hint.say("guide.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.show_topic(topic)

    def show_topic(self, topic: str) -> None:
        """Show another page."""
        self._topic = topic
        self.page.setMarkdown(guide_text(topic))

    def retranslate(self) -> None:
        """The page in the new language."""
        if hasattr(self, "page"):
            self.show_topic(self._topic)
