"""Every action in one table: id, text, icon, keys. Toolbar, menus, palette and keys use the same QAction.

A page adds its own in `app/views/<page>/actions.py` as `ACTIONS: tuple[ActionSpec, ...]`; a test proves that no id
and no key stands twice. Keys follow interface.md 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.views.icons import icon
from app.views.language import language


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as data.

    Attributes:
        id: stable name.
        key: message key of its text; "…" at the end where it opens a dialog.
        icon: name of an icon, or nothing.
        keys: shortcuts, the first one is shown.
        scope: `window` works everywhere; `page` belongs to the page it was added to.
        acts_on: message key of what the palette says it acts on.
        checkable: on or off.
        in_palette: whether the command palette lists it.
    """

    id: str
    key: str
    icon: str = ""
    keys: tuple[str, ...] = ()
    scope: Literal["window", "page"] = "page"
    acts_on: str = ""
    checkable: bool = False
    in_palette: bool = True


def key_text(sequence: QKeySequence) -> str:
    """A shortcut in the system's spelling; what Qt calls Return, in each language, is printed Enter on the key."""
    shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    return shown.replace(QCoreApplication.translate("QShortcut", "Return"), "Enter")


def _window(id: str, icon: str, *keys: str, **more: Any) -> ActionSpec:
    return ActionSpec(id, f"action.{id}", icon, keys, "window", **more)


def _page(id: str, icon: str, *keys: str, **more: Any) -> ActionSpec:
    return ActionSpec(id, f"action.{id}", icon, keys, "page", **more)


SELECTION = "palette.on_selection"

ACTIONS: tuple[ActionSpec, ...] = (
    _window("go_stores", "building-store", "Ctrl+1"),
    _window("go_listings", "tags", "Ctrl+2"),
    _window("go_warehouses", "building-warehouse", "Ctrl+3"),
    _window("go_orders", "clipboard-list", "Ctrl+4"),
    _window("go_freight", "truck-delivery", "Ctrl+5"),
    _window("palette", "search", "Ctrl+K", in_palette=False),
    _window("find", "search", "Ctrl+F", in_palette=False),
    _window("add_filter", "filter", "Ctrl+Shift+L"),
    _window("undo", "arrow-back-up", "Ctrl+Z"),
    _window("redo", "arrow-forward-up", "Ctrl+Y"),
    _window("history", "history", "Ctrl+Shift+H"),
    _window("import", "table-import", "Ctrl+O"),
    _window("sync", "refresh", "F5"),
    _window("panel", "layout-sidebar-right", "Ctrl+B", checkable=True),
    _window("columns", "columns-3"),
    _window("activity", "activity", "Ctrl+J", checkable=True),
    _window("training", "school", acts_on="palette.on_practice"),
    _window("guide", "help", "F1"),
    _window("keys", "keyboard"),
    _window("settings", "settings", "Ctrl+,"),
    _window("roomier", "baseline-density-medium", "Ctrl+=", "Ctrl++"),
    _window("tighter", "baseline-density-medium", "Ctrl+-"),
    _window("density_default", "baseline-density-medium", "Ctrl+0"),
    _window("next_pane", "", "F6", in_palette=False),
    _window("previous_pane", "", "Shift+F6", in_palette=False),
    _window("language", "language"),
    _window("theme", "moon"),
    _page("publish", "send", "Ctrl+Shift+Return", acts_on=SELECTION),
    _page("export", "table-export", "Ctrl+Shift+E", acts_on=SELECTION),
    _page("fix", "wand", "Alt+Return", acts_on="palette.on_current"),
)
"""The window's actions and those that mean the same on several pages."""

TABLE_KEYS = (
    ("table.key_edit", "F2"),
    ("table.key_select_all", "Ctrl+A"),
    ("table.key_copy", "Ctrl+C"),
    ("table.key_copy_headers", "Ctrl+Shift+C"),
    ("table.key_paste", "Ctrl+V"),
    ("table.key_fill_down", "Ctrl+D"),
    ("table.key_clear", "Delete"),
    ("table.key_tick", "Space"),
    ("table.key_next_finding", "F8"),
    ("table.key_previous_finding", "Shift+F8"),
    ("table.key_open_menu", "Alt+Down"),
)
"""Keys a table or control handles itself: message key of what they do, and the key. For the guide and the test."""

INPUT_METHOD_KEYS = ("Ctrl+Space", "Shift+Space", "Ctrl+.", "Ctrl+Shift+F")
"""Keys of Chinese input methods; no action may use them."""

_BY_ID = {spec.id: spec for spec in ACTIONS}


def action_spec(id: str) -> ActionSpec:
    """The spec called *id* in `ACTIONS`. Raises KeyError for an unknown one."""
    return _BY_ID[id]


class Actions(QObject):
    """The QActions of one owner, by id. Texts and icons follow language and theme (`restyle`).

    Icons are seen in menus only (buttons have their own): they are drawn when the menu of `fill` is opened. Those of a
    hundred actions are a tenth of a second, which a start would wait for.
    """

    def __init__(self, owner: QWidget, specs: Iterable[ActionSpec] = ()) -> None:
        super().__init__(owner)
        self._owner = owner
        self._specs: dict[str, ActionSpec] = {}
        self._actions: dict[str, QAction] = {}
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {}
        self._whys: dict[str, tuple[str, dict[str, Any]]] = {}
        self._drawn: set[str] = set()
        for spec in specs:
            self.add(spec)
        language.changed.connect(self.retranslate)

    def __getitem__(self, id: str) -> QAction:
        return self._actions[id]

    def __contains__(self, id: str) -> bool:
        return id in self._actions

    def __iter__(self) -> Iterator[ActionSpec]:
        return iter(self._specs.values())

    def add(self, spec: ActionSpec | str) -> QAction:
        """Make the action of *spec* (or of the id of one in `ACTIONS`); adding it again returns the same."""
        spec = action_spec(spec) if isinstance(spec, str) else spec
        if spec.id in self._actions:
            return self._actions[spec.id]
        action = QAction(self._owner)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        self._specs[spec.id], self._actions[spec.id] = spec, action
        self._texts[spec.id] = (spec.key, {})
        self._owner.addAction(action)
        self._dress(spec.id)
        return action

    def on(self, id: str, slot: Callable[[], object]) -> QAction:
        """Add the action *id* if need be and call *slot* when it is triggered."""
        action = self._actions.get(id) or self.add(id)
        action.triggered.connect(lambda *_: slot())
        return action

    def fill(self, menu: QMenu, *ids: str) -> None:
        """Add the actions *ids* to *menu*, one that is not there yet as by `add`."""
        for id in ids:
            menu.addAction(self._actions.get(id) or self.add(id))
        menu.aboutToShow.connect(lambda: self._draw(ids))

    def _draw(self, ids: Iterable[str]) -> None:
        for id in ids:
            if self._specs[id].icon and id not in self._drawn:
                self._drawn.add(id)
                self._actions[id].setIcon(icon(self._specs[id].icon))

    def say(self, id: str, key: str, **params: Any) -> None:
        """Another text, such as one that counts the selection."""
        if self._texts[id] != (key, params):
            self._texts[id] = (key, params)
            self._dress(id)

    def enable(self, id: str, enabled: bool = True, why: str = "", **params: Any) -> None:
        """Enable or disable; a disabled action says *why* (a message key) in its tip."""
        self._actions[id].setEnabled(enabled)
        said = ("" if enabled else why, params)
        if self._whys.get(id, ("", {})) != said:
            self._whys[id] = said
            self._dress(id)

    def shortcut(self, id: str) -> str:
        """The action's first key in the system's spelling, or nothing."""
        return key_text(self._actions[id].shortcut())

    def icon_name(self, id: str) -> str:
        """The name of the action's icon, or nothing."""
        return self._specs[id].icon

    def acts_on(self, id: str) -> str:
        """What the palette says the action acts on, in the user's language."""
        key = self._specs[id].acts_on
        return tr(key) if key else ""

    def retranslate(self, *_: object) -> None:
        """Texts and tips in the language in force."""
        for id in self._actions:
            self._dress(id)

    def restyle(self) -> None:
        """Icons in the theme in force."""
        drawn, self._drawn = self._drawn, set()
        self._draw(drawn)

    def _dress(self, id: str) -> None:
        action, (key, params) = self._actions[id], self._texts[id]
        action.setText(tr(key, **params))
        why, why_params = self._whys.get(id, ("", {}))
        name = tr(key, **params).rstrip("…")
        shortcut = self.shortcut(id)
        tip = f"{name}  {shortcut}" if shortcut else name
        action.setToolTip(f"{tip}\n{tr(why, **why_params)}" if why else tip)
