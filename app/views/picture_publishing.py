"""The part of the picture tour that publishes: mistakes, the question, the result, what one button puts right."""

from __future__ import annotations

import asyncio

from app.views.listings.publish_question import PublishQuestion
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.results_dialog import ResultsDialog
from app.views.picture_camera import Camera
from app.views.picture_mishaps import be_strict, mistakes

PUBLISHED = 24


class PublishingTour(Camera):
    """A batch with failures, and a second one with what was put right."""

    async def _publish(self) -> None:
        self._window.show_tab("listings")
        page = self._window.page
        page.segments.choose("drafts")
        await self._rows_are_here()
        chosen = list(page.table.paged.ids_between(0, PUBLISHED - 1))
        await self._make_mistakes(chosen)
        page.table.select_ids(chosen)
        await self._rest(0.5)
        page.publish()
        await self._until(lambda: self._dialogs())
        question = self._dialog(PublishQuestion)
        question.when.choose("at")
        await self._everywhere("04-publish-at-a-time")
        question.when.choose("now")
        await self._everywhere("04-publish-question")
        question.accept()
        await self._until(lambda: any(job.title_key == "publish.job" for job in self._jobs))
        await self._rest(1.0)
        await self._everywhere("05-publishing")
        await self._until(lambda: self._has_ended("publish.job"))
        await self._rest(0.5)
        sent = next(job for job in self._jobs if job.title_key == "publish.job")
        page.publisher.show_report(sent.result.batch_ids[0])
        await self._until(lambda: self._dialog(PublishResultDialog, needed=False) is not None)
        await self._rest(0.7)
        await self._everywhere("05-publish-result")
        await self._put_right(self._dialog(PublishResultDialog))
        await self._everywhere("05-publish-again")
        await self._send_again(self._dialog(PublishResultDialog))
        page.segments.choose("all")

    async def _make_mistakes(self, listing_ids: list[int]) -> None:
        """Spoil some of what is about to be published, as a person and a stricter platform would."""
        services = self._desktop.context.services
        stores = await asyncio.to_thread(services.stores)
        await asyncio.to_thread(be_strict, next(store.gateway for store in stores if store.is_practice))
        edits = await asyncio.to_thread(mistakes, listing_ids, services.listings.detail)
        first = await asyncio.to_thread(services.listings.detail, listing_ids[0])
        await asyncio.to_thread(services.listings.save, edits, first.record.title)
        self._desktop.reload_pages()
        await self._rows_are_here()

    async def _put_right(self, dialog: PublishResultDialog) -> None:
        """Press the one button that mends every listing of a reason, at the first reason that has one."""
        for at in range(dialog.reasons.count()):
            dialog.reasons.setCurrentRow(at)
            await self._rest(0.3)
            if dialog.fix_all.isVisible():
                dialog.fix_all.click()
                await self._until(dialog.again.isEnabled)
                await self._rest(0.7)
                return

    async def _send_again(self, dialog: PublishResultDialog) -> None:
        """What was put right is a second batch, so that there is a choice of results."""
        dialog.again.click()
        self._close_dialogs()
        await self._until(lambda: sum(job.title_key == "publish.job" for job in self._jobs) == 2)
        await self._until(lambda: self._has_ended("publish.job"))
        self._window.page.publisher.show_results()
        await self._until(lambda: self._dialog(ResultsDialog, needed=False) is not None)
        await self._everywhere("05-publish-results")
        self._close_dialogs()
