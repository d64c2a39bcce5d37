"""Publishing from the tab: asked once, sent in the background with true counts, results within reach, nothing lost."""

import threading

import pytest
from PySide6.QtWidgets import QMainWindow

from app.models import StoreHealth
from app.services.listings.editing import ListingEdit
from app.services.marketplace.port import Refused, SignedOut
from app.services.publishing.queue import enqueue
from app.services.publishing.settling import undecided
from app.services.stores.reading import mark_health
from app.views.closing import Closing
from app.views.language import language
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.renewing import COUNT_EVERY
from app.views.listings.results_dialog import ResultsDialog
from app.views.widgets.dialog import Confirmation

TITLE = Refused("marketplace.title_length", platform_code="13006001", platform_text="too long", field="title")


@pytest.fixture
def page(open_page, make_sellable, services):
    """Three listings that may be published."""
    made = [make_sellable() for _ in range(3)]
    services.listings.recheck(None)
    shown = open_page()
    shown.made = made
    return shown


@pytest.fixture
def hold(market, monkeypatch):
    """Keep the marketplace from answering until told; a pause or stop is noticed at once."""
    monkeypatch.setattr("app.services.publishing.gate.TICK_S", 0.001)
    gate, begun = threading.Event(), threading.Event()

    def wait(content):
        begun.set()
        assert gate.wait(20)

    market.before_write = wait
    yield begun, gate
    gate.set()


def visible(page, kind):
    return [one for one in page.window().findChildren(kind) if one.isVisible()]


def question(page, qtbot):
    qtbot.waitUntil(lambda: bool(visible(page, Confirmation)))
    return visible(page, Confirmation)[0]


def result(page, qtbot):
    qtbot.waitUntil(lambda: bool(visible(page, PublishResultDialog)))
    return visible(page, PublishResultDialog)[0]


def ended(page, qtbot):
    qtbot.waitUntil(lambda: bool(len(page.context.jobs)) and not page.context.jobs.running)


def publish(page, qtbot):
    page.actions_of_page["publish"].trigger()
    question(page, qtbot).primary.click()
    qtbot.waitUntil(lambda: any(job.title_key == "publish.job" for job in page.context.jobs))


def job_of(page, key="publish.job"):
    return next(job for job in page.context.jobs if job.title_key == key)


def notices(page):
    return [toast.text for toast in page.context.notices.kept]


class TestAsking:
    def test_the_question_names_count_and_store_and_cancelling_sends_nothing(self, page, market, qtbot, settle):
        page.actions_of_page["publish"].trigger()
        asked = question(page, qtbot)
        assert asked.question.text() == "Publish 3 listings to 晨帆数码?"
        assert asked.detail.text() == "All of them pass the checks."
        assert asked.primary.text() == "Publish 3"
        asked.reject()
        settle()
        assert market.creates == []
        assert len(page.context.jobs) == 0

    def test_it_names_what_changes_live_listings_and_what_stays(self, page, write, qtbot, settle):
        write("UPDATE listing SET product_id = '1', sent_hash = 'old', status = 'live' WHERE id = ?", page.made[0].id)
        write("UPDATE listing SET block_count = 1 WHERE id = ?", page.made[1].id)
        page.actions_of_page["publish"].trigger()
        asked = question(page, qtbot)
        assert asked.question.text() == "Publish 2 listings to 晨帆数码?"
        assert asked.detail.text() == "Changes of listings that are on the platform: 1. Not sent: 1."
        asked.reject()

    @pytest.mark.parametrize(
        ("is_live", "said"),
        [(False, "All of them pass the checks."), (True, "Changes of listings that are on the platform: 1.")],
    )
    def test_nothing_is_said_of_others_where_all_go(self, page, write, qtbot, is_live, said):
        page.rows.select_ids([page.made[0].id])
        if is_live:
            change = "UPDATE listing SET product_id = '1', sent_hash = 'old', status = 'live' WHERE id = ?"
            write(change, page.made[0].id)
        page.actions_of_page["publish"].trigger()
        asked = question(page, qtbot)
        assert asked.detail.text() == said
        asked.reject()

    def test_only_the_chosen_rows_are_meant(self, page, market, qtbot, settle):
        page.rows.select_ids([page.made[1].id])
        publish(page, qtbot)
        ended(page, qtbot)
        assert [content.title for content in market.creates] == [page.made[1].title]

    def test_the_whole_filter_is_meant_without_a_selection(self, page, market, qtbot, settle):
        page.filters.set_filters([], page.made[2].title)
        settle()
        publish(page, qtbot)
        ended(page, qtbot)
        assert [content.title for content in market.creates] == [page.made[2].title]

    @pytest.mark.parametrize(
        ("sql", "said"),
        [
            ("UPDATE listing SET sent_hash = content_hash", "3 listings are as on the platform; nothing to send."),
            ("UPDATE store SET access = 'read_only'", "3 listings belong to a store that may only be read."),
        ],
    )
    def test_nothing_to_send_says_why(self, page, write, settle, sql, said):
        write(sql)
        page.publish()
        settle()
        assert notices(page)[0] == said
        assert not visible(page, Confirmation)

    def test_several_reasons_are_told_together(self, page, write, settle):
        write("UPDATE listing SET sent_hash = content_hash")
        page.publisher.publish([page.made[0].id, 404])
        settle()
        assert notices(page)[0].startswith("None of these 2 needs sending")

    def test_where_everything_is_blocked_the_result_says_what_is_in_the_way(
        self, page, services, market, qtbot, settle
    ):
        for record in page.made:
            services.listings.save([ListingEdit(record.id, fields={"title": ""})], "x")
        page.publish()
        dialog = result(page, qtbot)
        settle()
        assert market.creates == []
        assert dialog.head.figures["failed"].text() == "3"
        assert dialog.model.group.field == "title"
        dialog.close()


class TestSending:
    def test_all_well_is_said_in_passing_with_true_counts(self, page, market, loaded, qtbot, settle):
        publish(page, qtbot)
        ended(page, qtbot)
        settle()
        assert {loaded(record.id).status for record in page.made} == {"in_review"}
        job = job_of(page)
        assert job.title == "Publish to 晨帆数码 · 3 listings"
        assert (job.state, job.counts) == ("done", "3 / 3")
        assert job.summary == "On the platform 3 (live 0, in review 3) · failed 0 · unconfirmed 0"
        assert notices(page)[0] == "Published 3 listings, 0 live."
        assert page.context.notices.kept[0].offer.text == "Show the result"
        qtbot.waitUntil(lambda: page.segments._counts["on_the_way"] == 3)

    def test_rows_are_renewed_in_place_while_it_runs(self, page, market, hold, qtbot):
        begun, gate = hold
        publish(page, qtbot)
        qtbot.waitUntil(begun.is_set)
        assert page.publisher.is_running
        model, at = page.rows.paged, page.rows.column_at("status")
        qtbot.waitUntil(lambda: any("Sending" in str(model.index(r, at).data()) for r in range(3)))
        gate.set()
        ended(page, qtbot)
        qtbot.waitUntil(lambda: not page.publisher.is_running)
        qtbot.waitUntil(lambda: model.index(0, at).data() == "In review")

    def test_out_of_view_only_the_badge_follows_until_the_tab_is_shown(self, page, monkeypatch, qtbot, settle):
        settle()
        read, counted = [], []
        monkeypatch.setattr(page.rows.paged, "mark_stale", lambda *_: read.append("rows"))
        monkeypatch.setattr(page.rows.paged, "reload", lambda: read.append("all"))
        monkeypatch.setattr(page.editor, "refresh", lambda: read.append("editor"))
        page.counts.counted.connect(lambda *_: counted.append(True))
        page.hide()
        for _ in range(COUNT_EVERY):
            page.publisher.rows_changed.emit()
            qtbot.waitUntil(lambda: not page.renewing._timer.isActive())
        qtbot.waitUntil(lambda: bool(counted))
        assert read == []
        page.show()
        page.activated()
        assert "all" in read, "it comes into view"
        settle()

    def test_failures_are_one_click_away_and_do_not_jump_in(self, page, market, qtbot, settle):
        market.script.append(TITLE)
        publish(page, qtbot)
        ended(page, qtbot)
        settle()
        assert not visible(page, PublishResultDialog)
        assert notices(page)[0] == "Published 2; 1 did not go through, 0 unconfirmed."
        job = job_of(page)
        assert job.state == "done_with_failures"
        job.offers[0].do()
        dialog = result(page, qtbot)
        settle()
        assert [group.field for group in dialog.groups] == ["title"]
        dialog.close()

    def test_it_can_be_paused_and_goes_on(self, page, services, market, hold, qtbot):
        services.publishing.parallel = 1
        begun, gate = hold
        publish(page, qtbot)
        qtbot.waitUntil(begun.is_set)
        job = job_of(page)
        assert job.can_pause
        page.context.jobs.pause(job)
        gate.set()
        qtbot.waitUntil(lambda: job.note == "Paused")
        page.context.jobs.pause(job, paused=False)
        ended(page, qtbot)
        assert len(market.creates) == 3

    def test_cancelling_takes_back_what_was_not_sent(self, page, services, market, hold, loaded, qtbot, settle):
        services.publishing.parallel = 1
        begun, gate = hold
        publish(page, qtbot)
        qtbot.waitUntil(begun.is_set)
        page.context.jobs.cancel(job_of(page))
        gate.set()
        ended(page, qtbot)
        settle()
        assert job_of(page).state == "cancelled"
        statuses = [loaded(record.id).status for record in page.made]
        assert "queued" not in statuses
        assert page.context.notices.banners("listings") == []

    def test_a_dead_sign_in_leaves_a_banner_with_the_way_on(self, page, db, market, qtbot, settle):
        market.script.extend([SignedOut()] * 3)
        publish(page, qtbot)
        ended(page, qtbot)
        settle()
        (banner,) = page.context.notices.banners("listings")
        assert "not sent yet" in banner.text
        assert "signed out" in banner.detail
        market.script.clear()
        banner.offers[0].do()
        ended(page, qtbot)
        settle()
        (banner,) = page.context.notices.banners("listings")  # nothing was sent, the way on stands
        assert (len(market.products), page.context.notices.kept[0].tone) == (0, "red")
        mark_health(db, 1, StoreHealth.OK)  # somebody signed in again
        banner.offers[0].do()
        ended(page, qtbot)
        settle()
        assert len(market.products) == 3
        assert page.context.notices.banners("listings") == []

    def test_what_is_typed_is_sent(self, page, market, qtbot, type_into, settle):
        page.rows.setCurrentIndex(page.rows.paged.index(0, 0))
        settle()
        type_into(page.editor.editor.title, "Typed just before Publish")
        publish(page, qtbot)
        ended(page, qtbot)
        assert [content.title for content in market.creates] == ["Typed just before Publish"]


class TestLeaving:
    def test_closing_keeps_the_queue_and_the_next_start_offers_it(
        self, page, open_page, services, market, hold, qtbot, settle
    ):
        services.publishing.parallel = 1
        begun, gate = hold
        publish(page, qtbot)
        qtbot.waitUntil(begun.is_set)
        page.context.jobs.leave_all()
        gate.set()
        ended(page, qtbot)
        settle()
        assert job_of(page).summary == "Stopped; what was not sent continues at the next start."
        waiting = sum(batch.queued for batch in services.publishing.open_batches())
        assert waiting + len(market.products) == 3
        assert waiting > 0
        assert not visible(page, PublishResultDialog)
        again = open_page()
        again.publisher.offer_to_resume()
        asked = question(again, qtbot)
        assert "were not sent" in asked.question.text() or "was not sent" in asked.question.text()
        asked.primary.click()
        qtbot.waitUntil(lambda: len(market.products) == 3)
        ended(again, qtbot)
        assert market.titles() == sorted(record.title for record in page.made)

    def test_not_now_leaves_the_offer_as_a_banner(self, page, db, market, qtbot, settle):
        enqueue(db, 1, [record.id for record in page.made])
        page.publisher.offer_to_resume()
        question(page, qtbot).reject()
        (banner,) = page.context.notices.banners("listings")
        assert banner.text == "3 listings of 晨帆数码 are not sent yet"
        assert market.creates == []

    def test_with_nothing_left_nothing_is_asked(self, page, settle):
        page.publisher.offer_to_resume()
        settle()
        assert not visible(page, Confirmation)

    def test_the_window_asks_once_then_stops_and_keeps(self, page, services, market, hold, qtbot, settle):
        services.publishing.parallel = 1
        begun, gate = hold
        window = QMainWindow()
        qtbot.addWidget(window)
        closing = Closing(window, page.context.jobs)
        publish(page, qtbot)
        qtbot.waitUntil(begun.is_set)
        assert not closing.may_close()
        closing.question.primary.click()
        gate.set()
        ended(page, qtbot)
        settle()
        assert closing.may_close()
        assert sum(batch.queued for batch in services.publishing.open_batches()) > 0


class TestResultsLater:
    def test_the_result_of_an_earlier_run_is_within_reach(self, page, db, open_page, market, qtbot, settle):
        publish(page, qtbot)
        ended(page, qtbot)
        settle()
        again = open_page()
        again.actions_of_page["publish_results"].trigger()
        dialog = result(again, qtbot)
        assert dialog.head.figures["in_review"].text() == "3"
        assert dialog.all_well.isVisible()
        dialog.close()

    def test_several_are_offered_newest_first(self, page, services, market, qtbot, settle):
        market.script.append(TITLE)
        publish(page, qtbot)
        ended(page, qtbot)
        services.listings.save([ListingEdit(page.made[0].id, fields={"keywords": "x"})], "x")
        services.publishing.enqueue(1, [record.id for record in page.made])
        page.publisher.show_results()
        qtbot.waitUntil(lambda: bool(visible(page, ResultsDialog)))
        dialog = visible(page, ResultsDialog)[0]
        rows = [[dialog.table.item(row, at).text() for at in range(1, 7)] for row in range(2)]
        assert rows[1] == ["晨帆数码", "Done, with failures", "3", "2", "1", "0"]
        language.set_language("zh")
        assert dialog.table.horizontalHeader().isVisible()
        language.set_language("en")
        dialog.table.setCurrentCell(1, 0)
        dialog.primary.click()
        opened = result(page, qtbot)
        settle()
        assert [len(group.rows) for group in opened.groups] == [1]
        opened.close()

    def test_before_the_first_one_it_says_so(self, page, settle):
        page.publisher.show_results()
        settle()
        assert notices(page)[0] == "Nothing was published yet"


class TestDeciding:
    @pytest.fixture
    def waiting(self, page, db, services, write, market):
        """A listing that could be two products."""
        record = page.made[0]
        batch = enqueue(db, 1, [record.id]).batch_id
        write(
            "UPDATE publish_task SET state = 'unknown', attempts = 1, error_code = 'publishing.several_found', "
            "sent_ms = 1, error_params = ?, title = ?, codes = 'A' WHERE batch_id = ?",
            '{"n": 2, "candidates": ["1005001", "1005002"]}',
            record.title,
            batch,
        )
        write("UPDATE listing SET status = 'unknown' WHERE id = ?", record.id)
        return record

    def test_the_panels_question_leads_to_the_candidates_and_one_is_chosen(
        self, page, waiting, db, loaded, qtbot, settle
    ):
        page.editor.show_listing(waiting.id)
        settle()
        page.editor.worst.fix.click()
        dialog = result(page, qtbot)
        settle()
        texts = [button.text() for button in dialog.undecided.findChildren(type(dialog.copy)) if button.isVisible()]
        assert texts == ["It is 1005001", "It is 1005002", "None of them: send again"]
        dialog.undecided.decided.emit(waiting.id, "1005002")
        qtbot.waitUntil(lambda: loaded(waiting.id).product_id == "1005002")
        settle()
        assert loaded(waiting.id).status == "in_review"
        assert undecided(db, 1) == []
        dialog.close()

    def test_none_of_them_sends_it_again(self, page, waiting, market, loaded, qtbot, settle):
        page.publisher.decide(waiting.id)
        dialog = result(page, qtbot)
        settle()
        dialog.undecided.decided.emit(waiting.id, "")
        qtbot.waitUntil(lambda: market.titles() == [waiting.title])
        ended(page, qtbot)
        settle()
        assert loaded(waiting.id).status == "in_review"
        dialog.close()

    def test_deciding_twice_is_refused_with_a_reason(self, page, waiting, services, qtbot, settle):
        page.publisher.decide(waiting.id)
        dialog = result(page, qtbot)
        settle()
        services.publishing.decide(waiting.id, "1005001")
        dialog.undecided.decided.emit(waiting.id, "1005002")
        qtbot.waitUntil(lambda: "needs no decision" in dialog.hint.text())
        dialog.close()


class TestDoubles:
    """One request, carried out twice by the network: said in passing, named in the result, taken off sale there."""

    def test_what_is_superfluous_is_taken_off_sale_after_a_question(self, page, market, qtbot, settle):
        market.before_write = lambda content: market.add(content)
        page.rows.select_ids([page.made[0].id])
        publish(page, qtbot)
        ended(page, qtbot)
        superfluous, ours = market.products
        assert notices(page)[0] == "1 on the platform, 1 of them twice"

        page.context.notices.kept[0].offer.do()
        dialog = result(page, qtbot)
        settle()
        dialog.fix_all.click()
        asked = question(page, qtbot)
        assert asked.question.text() == "Take 1 superfluous listing in 晨帆数码 off sale?"
        asked.primary.click()
        qtbot.waitUntil(lambda: "offline" in market.calls)
        settle()
        assert (market.verdict.get(superfluous), market.verdict.get(ours)) == ("offline", None)
        assert notices(page)[0] == "1 off sale, 0 not"
        assert dialog.groups == ()
        dialog.close()
