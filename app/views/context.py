"""What every page and dialog is given, instead of looking things up in globals."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.views.language import language

if TYPE_CHECKING:
    from app.views.actions import Actions
    from app.views.activity.jobs import Jobs
    from app.views.notices import Notices
    from app.views.task_runner import TaskRunner
    from app.views.view_settings import ViewSettings


class Changes(QObject):
    """Where pages hear that stored things changed: after a service call, an undo, a sync, another desktop's write.

    Emits:
        happened: names of the tables that changed, a frozenset.
    """

    happened = Signal(object)

    def tell(self, tables: Iterable[str]) -> None:
        """Say that *tables* changed; every page that reads one of them asks again."""
        self.happened.emit(frozenset(tables))


class ViewContext:
    """The window's surroundings. What nobody looks at before the first paint is made at the first look.

    Attributes:
        runner: runs service calls off the GUI thread.
        settings: what the window remembers (widths, theme, language …).
        services: the use cases, as a namespace of modules or objects made by `app.__main__`; views only call them.
        changes: tells pages which tables changed.
        language: the language of the window.
        actions: the window's actions, set by the main window before it builds pages; None in a page's own test.
    """

    def __init__(self, runner: TaskRunner, settings: ViewSettings, services: Any = None) -> None:
        self.runner = runner
        self.settings = settings
        self.services = services
        self.changes = Changes()
        self.language = language
        self.actions: Actions | None = None

    @cached_property
    def jobs(self) -> Jobs:
        """Running and finished jobs, shown in the activity panel."""
        from app.views.activity.jobs import Jobs

        return Jobs()

    @cached_property
    def notices(self) -> Notices:
        """Toasts and banners."""
        from app.views.notices import Notices

        return Notices()
