"""The import for window and command line: calls for the worker process, and what needs the network afterwards."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.listings.importing.preview import ImportHead, ImportRequest, PreviewRow, PreviewSource
from app.services.stores.leaves import learn_leaves
from app.services.stores.reading import get_store
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

_SESSION = "app.services.listings.importing.session"


class ImportDesk:
    """Calls are (function path, arguments) for the task runner's heavy lane."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def prepare_call(self, request: ImportRequest) -> tuple[Any, ...]:
        """Read, compare, keep the plan. Result: `ImportHead`."""
        return f"{_SESSION}:prepare", self._app.database_path, request

    def survey_call(self, paths: Sequence[str]) -> tuple[Any, ...]:
        """What further dropped sheets are. Result: a list of `FileHead`."""
        return f"{_SESSION}:survey", list(paths)

    def apply_call(self, token: str) -> tuple[Any, ...]:
        """Store the plan. Result: `ImportResult`."""
        return f"{_SESSION}:apply", token

    def marked_call(self, token: str, out: str) -> tuple[Any, ...]:
        """Save the user's own sheet with the refused cells marked."""
        return f"{_SESSION}:marked", token, out, messages.language

    def errors_call(self, change_uid: str, path: str, out: str) -> tuple[Any, ...]:
        """The same for an import that was applied as this change."""
        return f"{_SESSION}:export_errors", self._app.database_path, change_uid, path, out, messages.language

    def preview_source(self, token: str) -> PreviewSource:
        """Page source of the preview table."""
        return PreviewSource(self, token)

    def ids(self, token: str, verdicts: tuple[str, ...], text: str) -> array[int]:
        """Ids of matching rows of a plan. Blocking."""
        found: array[int] = self._app.worker.submit(f"{_SESSION}:row_ids", token, verdicts, text).result()
        return found

    def rows(self, token: str, ids: Sequence[int]) -> list[PreviewRow]:
        """Rows of a plan. Blocking."""
        found: list[PreviewRow] = self._app.worker.submit(f"{_SESSION}:rows", token, list(ids)).result()
        return found

    def save_mapping(self, head: ImportHead) -> None:
        """Keep the mapping of the sheet in view for sheets with the same headers. Blocking."""
        from app.services.listings.importing.mappings import save_mapping

        mapping = {column.key: column.spelled for column in head.columns}
        save_mapping(self._app.db, Path(head.file).stem, head.signature, mapping)

    async def learn_categories(self, store_id: int, ctx: TaskContext) -> int:
        """Read from the platform what the categories of the store's listings ask for, and check the listings anew
        where something was learned.

        Returns: categories read. Raises: NotFound, MarketplaceError, OutOfReach, TaskCancelled.
        """
        store = await asyncio.to_thread(get_store, self._app.db, store_id)
        learned = await learn_leaves(self._app, store)
        if learned:
            call = (f"{_SESSION}:recheck_store", self._app.database_path, store_id)
            await asyncio.wrap_future(self._app.worker.submit(*call, ctx=ctx))
        return learned
