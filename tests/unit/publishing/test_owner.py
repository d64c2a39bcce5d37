from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.services.publishing.owner import RunOwner, dead_among, is_alive, lock_dir

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys, pathlib
from app.services.publishing.owner import RunOwner
with RunOwner(pathlib.Path(sys.argv[1])) as owner:
    print(owner.name, flush=True)
    sys.stdin.read()
"""


def test_a_run_lives_as_long_as_it_holds_its_lock(tmp_path: Path) -> None:
    database = tmp_path / "shangjia.db"
    with RunOwner(database) as owner:
        assert is_alive(database, owner.name)
        assert is_alive(database, owner.name)  # asking does not hurt it
    assert not is_alive(database, owner.name)
    assert list(lock_dir(database).iterdir()) == []


def test_two_runs_have_two_names(tmp_path: Path) -> None:
    database = tmp_path / "shangjia.db"
    with RunOwner(database) as one, RunOwner(database) as other:
        assert one.name != other.name
        assert dead_among(database, ["gone", one.name, "", other.name]) == ["gone"]


def test_a_lock_that_a_killed_program_left_is_dead_and_cleared_away(tmp_path: Path) -> None:
    database = tmp_path / "shangjia.db"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    try:
        name = child.stdout.readline().strip()
        assert is_alive(database, name), "another living program is not dead"
        child.kill()
        child.wait(10)
        assert [path.stem for path in lock_dir(database).iterdir()] == [name], "killed, it leaves its file behind"
        assert not is_alive(database, name)
        assert list(lock_dir(database).iterdir()) == []
    finally:
        child.kill()
        child.wait(10)
        child.stdout.close()
        child.stdin.close()


def test_where_locking_does_not_work_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.publishing.owner.try_lock", lambda handle: False)
    with pytest.raises(OSError, match="locking"), RunOwner(tmp_path / "shangjia.db"):
        pytest.fail("the run must not begin")
