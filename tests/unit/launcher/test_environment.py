"""The environment's stamp, and what happens to the old environment when the new one fails."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from launcher import environment as module
from launcher.environment import Environment
from launcher.speech import NotReady


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """One whose `venv` makes nothing but an interpreter and a note of the lock it was made from."""
    (tmp_path / "requirements.lock").write_text("one==1\n", "utf-8")
    made = Environment(tmp_path)

    def run_helper(*command: str | Path, **_: str) -> int:
        if "venv" in command:
            made.python.parent.mkdir(parents=True)
            made.python.touch()
        else:
            (made.folder / "from").write_text(made.lock.read_text("utf-8"), "utf-8")
        return 0

    monkeypatch.setattr(module, "run_helper", run_helper)
    monkeypatch.setattr(module, "say", lambda text: None)
    with made.setup():
        pass
    return made


def test_fresh_checkout_is_not_current(environment: Environment) -> None:
    assert not environment.is_current()


def test_made_once_it_is_current(environment: Environment) -> None:
    environment.make()
    assert environment.is_current()
    assert (environment.folder / "from").read_text("utf-8") == "one==1\n"


def test_another_lock_makes_it_stale(environment: Environment) -> None:
    environment.make()
    environment.lock.write_text("one==2\n", "utf-8")
    assert not environment.is_current()
    environment.make()
    assert environment.is_current()
    assert (environment.folder / "from").read_text("utf-8") == "one==2\n"


def test_another_minor_version_of_python_makes_it_stale(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.make()
    monkeypatch.setattr(sys, "version_info", (*sys.version_info[:2], 99, "final", 0))
    assert environment.is_current()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0, "final", 0))
    assert not environment.is_current()


def test_interpreter_that_went_away_makes_it_stale(environment: Environment) -> None:
    environment.make()
    environment.python.unlink()
    assert not environment.is_current()


@pytest.mark.parametrize("stamp", ["", "{", "[]", '"x"', '{"lock": 1}'])
def test_damaged_stamp_makes_it_stale(environment: Environment, stamp: str) -> None:
    environment.make()
    (environment.folder / "shangjia.json").write_text(stamp, "utf-8")
    assert not environment.is_current()


def test_broken_off_setup_is_not_current(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends between pip and the stamp: everything but the stamp is there."""

    def broken_off(*_: object) -> str:
        raise MemoryError

    monkeypatch.setattr(json, "dumps", broken_off)
    with pytest.raises(MemoryError):
        environment.make()
    assert (environment.folder / "from").exists()
    assert not environment.is_current()


@pytest.mark.parametrize("failing", ["venv", "pip"])
def test_old_environment_comes_back_when_the_new_one_fails(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    environment.make()
    environment.lock.write_text("one==2\n", "utf-8")
    work = module.run_helper
    monkeypatch.setattr(module, "run_helper", lambda *command, **_: 1 if failing in command else work(*command))
    with pytest.raises(NotReady):
        environment.make()
    assert (environment.folder / "from").read_text("utf-8") == "one==1\n"
    environment.lock.write_text("one==1\n", "utf-8")
    assert environment.is_current()


def test_ctrl_c_brings_the_old_one_back(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.make()

    def pressed(*_: object, **__: str) -> int:
        environment.folder.mkdir(exist_ok=True)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run_helper", pressed)
    with pytest.raises(KeyboardInterrupt):
        environment.make()
    assert environment.is_current()


def test_first_setup_that_fails_leaves_nothing(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run_helper", lambda *command, **_: 1)
    with pytest.raises(NotReady):
        environment.make()
    assert not environment.folder.exists()


def test_folder_in_use_is_said(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows does not rename the folder of a running program."""
    environment.make()
    said: list[str] = []

    def locked(self: Path, target: Path) -> Path:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", locked)
    monkeypatch.setattr(module, "say", said.append)
    with pytest.raises(NotReady):
        environment.make()
    assert str(environment.folder) in said[-1]
    assert environment.is_current()


def test_pip_must_check_hashes(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[object, ...]] = []
    work = module.run_helper
    monkeypatch.setattr(module, "run_helper", lambda *command, **_: commands.append(command) or work(*command))
    environment.make()
    venv, pip = commands
    assert venv[-1] == environment.folder
    assert pip[0] == environment.python
    assert {"--require-hashes", "--no-deps", environment.lock} <= set(pip)


def test_read_only_checkout_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(module, "say", said.append)
    (tmp_path / "build").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(NotReady), Environment(tmp_path).setup():
        pytest.fail("must not get here")
    assert str(tmp_path) in said[0]
