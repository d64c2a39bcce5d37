"""What is kept of a state of the database is of that state and no other, and never much."""

from __future__ import annotations

import sqlite3
import threading
from array import array
from contextlib import closing

import numpy as np
import pytest

from app.services.db import Database
from app.services.moments import Answers, Moments, answers_of, halved
from app.services.sql_ids import interruptible
from app.services.tasks import TaskCancelled, TaskContext


@pytest.fixture
def database(tmp_path):
    db = Database(tmp_path / "shangjia.db")
    with db.bulk() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    yield db
    db.dispose()


def bits(size=8, fill=1):
    return np.full(size, fill, np.uint8)


def write(path):
    """A commit of another program."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("INSERT INTO t VALUES (1)")


class TestStates:
    def test_a_state_is_the_same_until_somebody_commits(self, database):
        moments = Moments(database.path)
        first = moments.now()
        with database.reader.connect() as connection:
            assert moments.of(connection) == moments.now() == first
        with database.bulk() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            assert moments.now() == first
        second = moments.now()
        write(database.path)
        assert first < second < moments.now()
        moments.close()
        assert moments.now() > second

    def test_a_file_in_the_place_of_the_one_that_was_read_is_in_another_state(self, database, tmp_path):
        moments = Moments(database.path)
        before = moments.now()
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(other)) as copy:
            source.backup(copy)
        assert moments.now() == before
        database.dispose()
        other.replace(database.path)
        assert (replaced := moments.now()) > before
        assert moments.now() == replaced
        moments.close()

    def test_a_snapshot_stays_of_the_state_it_began_with(self, database):
        moments = Moments(database.path)
        with database.reader.connect() as connection:
            before = moments.of(connection)
            write(database.path)
            assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        assert moments.now() > before
        moments.close()

    def test_a_snapshot_begun_while_somebody_commits_is_of_no_known_state(self, database, monkeypatch):
        moments = Moments(database.path)
        now = moments.now

        def asked():
            found = now()
            write(database.path)
            return found

        monkeypatch.setattr(moments, "now", asked)
        with database.reader.connect() as connection:
            assert moments.of(connection) is None
        moments.close()


class TestBeside:
    def test_a_second_thread_answers_in_the_same_state(self, database):
        def counted(connection):
            rows = connection.exec_driver_sql("SELECT count(*) FROM t").scalar()
            return rows, threading.current_thread() is threading.main_thread()

        with database.answering() as connection:
            with answers_of(connection).beside(counted) as found:
                pass
            assert found() == (0, False)
            write(database.path)
            with answers_of(connection).beside(counted) as found:
                assert found() is None, "there is no such state any more"

    def test_three_helpers_are_enough(self, database):
        def named(connection):
            return threading.current_thread().name

        def asking(connection):
            with answers_of(connection).beside(named) as own:
                return own()

        with database.answering() as connection:
            beside = answers_of(connection).beside
            for _ in range(2):  # what has ended leaves room
                with beside(asking) as one:
                    assert one() == "beside", "a helper may have one"
                    with beside(named) as two, beside(named) as three, beside(named) as four:
                        assert (two(), three(), four()) == ("beside", "beside", None)

    def test_halves_are_found_with_a_second_thread_or_without(self, database):
        def rows(connection):
            return connection.exec_driver_sql("SELECT count(*) FROM t").scalar(), threading.current_thread().name

        with database.answering() as connection:
            here, other = halved(connection, rows, rows)
            assert (here[0], other) == (0, (0, "beside"))
            write(database.path)
            assert halved(connection, rows, rows) == (here, here), "another state has no helpers"
        with database.reader.connect() as connection:
            assert halved(connection, rows, rows) == ((1, here[1]), (1, here[1]))

    def test_what_it_raises_is_raised_where_it_is_waited_for(self, database):
        def failing(connection):
            connection.exec_driver_sql("SELECT y FROM t")

        with database.answering(in_bare_sql=True) as connection:
            with answers_of(connection).beside(failing) as found:
                pass
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                found()

    def test_it_ends_when_the_question_is_not_wanted_any_more(self, database):
        endless = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) FROM n"
        begun, ctx = threading.Event(), TaskContext()

        def counted(connection):
            begun.set()
            return connection.exec_driver_sql(endless).scalar()

        with database.answering() as connection, interruptible(connection, ctx):
            with answers_of(connection).beside(counted) as found:
                assert begun.wait(5)
                ctx.stop.set()
            with pytest.raises(TaskCancelled):
                found()


class TestKept:
    def test_an_answer_is_there_in_its_state_alone(self, database):
        for _ in range(2):
            with database.answering(in_bare_sql=True) as connection:
                assert answers_of(connection).get("a") is None
                answers_of(connection).put("a", bits())
                with database.answering(in_bare_sql=True) as other:
                    assert answers_of(other).get("a") is not None
                    write(database.path)
                    assert answers_of(other).get("a") is not None
                    with database.answering(in_bare_sql=True) as later:
                        assert answers_of(later).get("a") is None
                assert answers_of(other) is None
        database.dispose()
        with database.answering(in_bare_sql=True) as connection:
            assert answers_of(connection).get("a") is None

    def test_an_older_state_takes_nothing_from_a_later_one(self):
        answers = Answers()
        answers.put((0, 2), "a", bits())
        answers.put((0, 1), "b", bits())
        assert answers.get((0, 1), "b") is answers.get((0, 1), "a") is None
        assert answers.get((0, 2), "a") is not None

    def test_what_was_asked_longest_ago_goes_first(self):
        answers = Answers(most_bytes=24)
        for name in "abc":
            answers.put((0, 1), name, bits())
        answers.get((0, 1), "a")
        answers.put((0, 1), "d", bits())
        assert [name for name in "abcd" if answers.get((0, 1), name) is not None] == ["a", "c", "d"]
        answers.put((0, 1), "large", bits(13))
        assert answers.get((0, 1), "large") is None
        answers.clear()
        assert answers.get((0, 1), "a") is None

    def test_what_was_asked_is_told_in_its_state_alone(self):
        answers = Answers()
        answers.put((0, 1), "a", bits())
        assert answers.asked((0, 1)) == ["a"]
        assert answers.asked((0, 2)) == []

    def test_an_order_is_kept_without_a_copy_until_somebody_commits(self, database):
        ids = array("q", range(9, 0, -1))
        with database.answering() as connection:
            assert answers_of(connection).order("o") is None
            answers_of(connection).put_order("o", ids)
        with database.answering() as connection:
            assert answers_of(connection).order("o").tolist() == ids.tolist()
        with pytest.raises(BufferError):
            ids.append(10)
        write(database.path)
        with database.answering() as connection:
            assert answers_of(connection).order("o") is None

    def test_an_order_of_very_many_rows_is_not_kept(self, database, monkeypatch):
        monkeypatch.setattr(database._kept, "orders", Answers(most_bytes=64, most_each=64))
        with database.answering() as connection:
            answers_of(connection).put_order("o", array("q", range(9)))
            assert answers_of(connection).order("o") is None

    def test_a_connection_that_nobody_said_it_of_has_none(self, database):
        with database.reader.connect() as connection:
            assert answers_of(connection) is None
