"""The steps of a build, and what is said where a tool is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import __version__
from app.messages import messages
from installer import build

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "system_language", lambda: "en")
    monkeypatch.setattr(messages, "language", "en")


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A machine with every tool, which only notes what would be run; `fails` names the program that fails."""
    this = SimpleNamespace(ran=[], fails="", platform="win32", modules={"PyInstaller"}, programs={"makensis"})

    def run(command: list[str], **_: object) -> SimpleNamespace:
        this.ran.append([str(part) for part in command])
        return SimpleNamespace(returncode=3 if this.fails and this.fails in " ".join(this.ran[-1]) else 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(build.sys, "platform", "win32")
    monkeypatch.setattr(build, "find_spec", lambda name: object() if name in this.modules else None)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in this.programs else None)
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    monkeypatch.setattr(build, "WORK", tmp_path / "build")
    monkeypatch.setattr(build, "write_icon", lambda svg, target: target.touch())
    for name in build.NSIS_FOLDERS:
        monkeypatch.delenv(name, raising=False)
    return this


def test_bundle_is_made_tried_and_packed(workshop: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main([]) == 0
    bundle, attempt, pack = workshop.ran
    assert bundle[1:3] == ["-m", "PyInstaller"]
    assert bundle[-1] == str(ROOT / "installer" / "shangjia.spec")
    assert attempt[-1] == "doctor"
    assert Path(attempt[0]).stem == "shangjia-cli"
    assert pack[0] == "makensis"
    assert f"-DVERSION={__version__}" in pack
    assert f"Shangjia-{__version__}-setup.exe" in capsys.readouterr().out.splitlines()[-1]


def test_bundle_alone_needs_neither_windows_nor_nsis(
    workshop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.sys, "platform", "linux")
    workshop.programs = set()
    assert build.main(["--bundle"]) == 0
    assert len(workshop.ran) == 2


@pytest.mark.parametrize(
    ("lack", "said"),
    [("windows", "Windows 10 or 11"), ("PyInstaller", "--require-hashes -r"), ("makensis", "nsis.sourceforge.io")],
)
def test_what_is_missing_is_said_with_the_remedy(
    workshop: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lack: str,
    said: str,
) -> None:
    if lack == "windows":
        monkeypatch.setattr(build.sys, "platform", "linux")
    workshop.modules.discard(lack)
    workshop.programs.discard(lack)
    assert build.main([]) == 2
    assert said in capsys.readouterr().out
    assert workshop.ran == []


@pytest.mark.parametrize(("fails", "steps"), [("PyInstaller", 1), ("doctor", 2), ("makensis", 3)])
def test_a_failed_step_is_the_last(
    workshop: SimpleNamespace, capsys: pytest.CaptureFixture[str], fails: str, steps: int
) -> None:
    workshop.fails = fails
    assert build.main([]) == 1
    assert len(workshop.ran) == steps
    assert "exit code 3" in capsys.readouterr().out


def test_nsis_is_found_where_its_setup_puts_it(
    workshop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workshop.programs = set()
    assert build.makensis() is None
    (tmp_path / "NSIS").mkdir()
    (tmp_path / "NSIS" / "makensis.exe").touch()
    monkeypatch.setenv("ProgramFiles(x86)", str(tmp_path))
    assert build.makensis() == str(tmp_path / "NSIS" / "makensis.exe")


def test_build_tools_are_locked_with_hashes() -> None:
    lock = (ROOT / "installer" / "requirements.lock").read_text("utf-8")
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert any(pin.startswith("pyinstaller==") for pin in pins)
    assert lock.count("--hash=sha256:") >= len(pins)
    assert all("==" in pin for pin in pins)


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs NSIS: apt-get install nsis")
def test_setup_program_compiles(tmp_path: Path) -> None:
    """A small folder in place of the bundle; the result must be a 64-bit Windows program."""
    folder = tmp_path / "Shangjia"
    (folder / "_internal").mkdir(parents=True)
    (folder / "Shangjia.exe").write_bytes(b"MZ")
    (folder / "_internal" / "base_library.zip").write_bytes(b"PK")
    target = tmp_path / "out.exe"
    defines = [f"-DSRC={folder}", "-DVERSION=0.1.0", f"-DOUT={target}", "-DFAST"]
    done = subprocess.run(
        ["makensis", "-V2", "-WX", *defines, ROOT / "installer" / "shangjia.nsi"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"} if sys.platform != "win32" else None,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = target.read_bytes()
    header = int.from_bytes(content[0x3C:0x40], "little")
    assert content[header : header + 4] == b"PE\0\0"
    assert int.from_bytes(content[header + 4 : header + 6], "little") == 0x8664
