"""Programs we start: their environment, their exit codes, Ctrl+C."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import processes


def test_our_packages_come_first_and_the_users_folder_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = processes.program_variables(tmp_path, QT_QPA_PLATFORM="offscreen")
    assert variables["PYTHONPATH"] == f"{tmp_path}{os.pathsep}/elsewhere"
    assert variables["PYTHONSAFEPATH"] == "1"
    assert variables["QT_QPA_PLATFORM"] == "offscreen"
    monkeypatch.delenv("PYTHONPATH")
    assert processes.program_variables(tmp_path)["PYTHONPATH"] == str(tmp_path)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 77])
def test_exit_code_passes_through(code: int) -> None:
    assert processes.run_in_front([sys.executable, "-c", f"raise SystemExit({code})"], os.environ) == code


@pytest.mark.skipif(os.name != "posix", reason="signals end programs on POSIX only")
def test_end_by_a_signal_is_told_as_shells_do() -> None:
    assert processes.run_in_front([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], os.environ) == 137


def test_ctrl_c_waits_for_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    class Program(subprocess.Popen[bytes]):
        presses = 2

        def wait(self, timeout: float | None = None) -> int:
            if self.presses:
                self.presses -= 1
                raise KeyboardInterrupt
            return super().wait(timeout)

    monkeypatch.setattr(subprocess, "Popen", Program)
    with pytest.raises(KeyboardInterrupt):
        processes.run_in_front([sys.executable, "-c", "pass"], os.environ)


def test_helper_gets_no_input_and_leaves_standard_output_alone(capfd: pytest.CaptureFixture[str]) -> None:
    code = processes.run_helper(
        sys.executable, "-c", "import os, sys; print(os.environ['WORD'], sys.stdin.read()); sys.exit(5)", WORD="said"
    )
    out, err = capfd.readouterr()
    assert code == 5
    assert out == ""
    assert err.split() == ["said"]


@pytest.mark.parametrize("system", ["posix", "nt"])
def test_handing_over(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """POSIX replaces the process, Windows cannot and runs a child."""
    calls: list[tuple[str, object]] = []
    monkeypatch.setattr(os, "execve", lambda *given: calls.append(("execve", given)))
    monkeypatch.setattr(processes, "run_in_front", lambda *given: calls.append(("child", given)) or 4)
    monkeypatch.setattr(processes.os, "name", system)
    result = processes.hand_over(["python", "-m", "app"], {"A": "1"})
    monkeypatch.undo()
    assert calls[0][0] == ("execve" if system == "posix" else "child")
    assert result == 4
