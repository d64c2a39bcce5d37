"""What must come from the system, and how it is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from launcher import system_packages
from launcher.speech import NotReady

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves libraries to the system")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A Debian in memory: `libraries` it lacks, programs it has, who we are, and what `apt-get` answers."""
    this = SimpleNamespace(
        lacks=set(), programs={"apt-get"}, uid=0, font=True, ensurepip=True, calls=[], fail={}, said=[]
    )

    def run_helper(*command: str, **variables: str) -> int:
        this.calls.append((command, variables))
        step = "update" if "update" in command else "install"
        failures = this.fail.get(step, 0)
        this.fail[step] = max(0, failures - 1)
        if step == "install" and not failures:
            this.lacks -= {name for name, package in ALL.items() if package in command}
            this.ensurepip = this.ensurepip or any("-venv" in part for part in command)
        return 100 if failures else 0

    monkeypatch.setattr(system_packages, "_loads", lambda library: library not in this.lacks)
    monkeypatch.setattr(system_packages, "find_spec", lambda name: object() if this.ensurepip else None)
    monkeypatch.setattr(system_packages, "has_chinese_font", lambda: this.font)
    monkeypatch.setattr(system_packages, "run_helper", run_helper)
    monkeypatch.setattr(system_packages, "say", this.said.append)
    monkeypatch.setattr(system_packages, "PATIENCE_S", (0, 0))
    monkeypatch.setattr(os, "geteuid", lambda: this.uid)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name in this.programs else None)
    return this


ALL = system_packages.QT_LIBRARIES | system_packages.XCB_LIBRARIES


def test_a_complete_machine_is_left_alone(machine: SimpleNamespace) -> None:
    assert system_packages.missing_packages() == []
    system_packages.provide()
    system_packages.require_libraries(offscreen=False)
    assert machine.calls == machine.said == []


def test_everything_missing_is_named_once(machine: SimpleNamespace) -> None:
    machine.lacks, machine.font, machine.ensurepip = set(ALL), False, False
    venv = "python{}.{}-venv".format(*sys.version_info[:2])
    assert system_packages.missing_packages() == sorted({*ALL.values(), "fonts-noto-cjk", venv})


def test_offscreen_does_without_x11(machine: SimpleNamespace) -> None:
    machine.lacks = {"libxcb-cursor.so.0", "libEGL.so.1"}
    assert set(system_packages.missing_libraries()) == {"libxcb-cursor.so.0", "libEGL.so.1"}
    assert system_packages.missing_libraries(offscreen=True) == {"libEGL.so.1": "libegl1"}


def test_root_installs_without_being_asked_anything(machine: SimpleNamespace) -> None:
    machine.lacks, machine.ensurepip = {"libEGL.so.1"}, False
    system_packages.provide()
    (update, _), (install, variables) = machine.calls
    assert update[-1] == "update"
    assert install[install.index("install") :][-2:] == ("libegl1", "python{}.{}-venv".format(*sys.version_info[:2]))
    assert "-y" in install
    assert variables == {"DEBIAN_FRONTEND": "noninteractive"}
    assert machine.lacks == set()


@pytest.mark.parametrize("failures", [1, 2])
def test_update_is_tried_again(machine: SimpleNamespace, failures: int) -> None:
    machine.fail = {"update": failures}
    assert system_packages.install(["libegl1"])
    assert [call[-1] for call, _ in machine.calls] == ["update"] * (failures + 1) + ["libegl1"]


def test_old_lists_may_do_when_no_update_works(machine: SimpleNamespace) -> None:
    machine.fail = {"update": 9}
    assert system_packages.install(["libegl1"])
    assert len(machine.calls) == 4


def test_anybody_else_is_told_the_command(machine: SimpleNamespace) -> None:
    machine.uid, machine.lacks = 1000, {"libEGL.so.1", "libGL.so.1"}
    assert not system_packages.install(["libegl1", "libgl1"])
    assert machine.calls == []
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 libgl1" in machine.said[0]


def test_without_venv_nothing_can_be_made(machine: SimpleNamespace) -> None:
    machine.ensurepip, machine.fail = False, {"install": 1}
    with pytest.raises(NotReady):
        system_packages.provide()


def test_other_packages_can_wait_until_a_window_is_wanted(machine: SimpleNamespace) -> None:
    machine.uid, machine.lacks, machine.font = 1000, {"libEGL.so.1"}, False
    system_packages.provide()
    with pytest.raises(NotReady):
        system_packages.require_libraries(offscreen=True)
    assert "fonts-noto-cjk" in machine.said[0]
    assert "fonts-noto-cjk" not in machine.said[1]


def test_what_tests_start_is_installed_by_root_alone(machine: SimpleNamespace) -> None:
    system_packages.provide_test_programs()
    assert machine.calls[-1][0][-1] == "nsis"
    machine.calls.clear()
    machine.uid = 1000
    system_packages.provide_test_programs()
    machine.uid, machine.programs = 0, {"apt-get", "makensis"}
    system_packages.provide_test_programs()
    assert machine.calls == machine.said[1:] == []


def test_a_system_without_apt_is_warned_only(machine: SimpleNamespace) -> None:
    machine.programs, machine.lacks = set(), {"libxcb-cursor.so.0"}
    system_packages.require_libraries(offscreen=False)
    assert "libxcb-cursor.so.0" in machine.said[0]


def test_other_systems_bring_everything(machine: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.lacks, machine.font = set(ALL), False
    monkeypatch.setattr(sys, "platform", "win32")
    assert system_packages.missing_libraries() == {}
    assert system_packages.missing_packages() == []


def test_libraries_are_really_loaded() -> None:
    assert system_packages._loads("libc.so.6")
    assert not system_packages._loads("libnever-heard-of.so.9")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("opentype/noto/NotoSansCJK-Regular.ttc", True),
        ("truetype/wqy/wqy-microhei.ttc", True),
        ("SourceHanSansSC-Normal.otf", True),
        ("truetype/dejavu/DejaVuSans.ttf", False),
        ("NotoSansCJK-licence.txt", False),
    ],
)
def test_font_is_found_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, found: bool) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setattr(system_packages, "FONT_FOLDERS", (str(tmp_path), str(tmp_path / "nowhere")))
    assert system_packages.has_chinese_font() is found


@pytest.mark.parametrize(("output", "found"), [(b"/usr/share/fonts/a.ttc: \n", True), (b"\n", False)])
def test_font_is_asked_of_fontconfig(monkeypatch: pytest.MonkeyPatch, output: bytes, found: bool) -> None:
    asked = []
    monkeypatch.setattr(shutil, "which", lambda program: "/usr/bin/fc-list")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: asked.append(command) or SimpleNamespace(stdout=output))
    assert system_packages.has_chinese_font() is found
    assert ":lang=zh" in asked[0]
