"""`run.py` as a program, in a small checkout of its own."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.e2e.launcher_checkout import PYTHON, ROOT, TIMEOUT_S, Checkout, make_wheel

HOW = ("--dist", "loadfile", "--no-loadscope-reorder", "--assert=plain", "--showlocals", "--max-worker-restart=0")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Nothing set up yet."""
    return Checkout(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Set up once; for tests that leave it as it is."""
    made = Checkout(tmp_path_factory.mktemp("ready"))
    done = made.run("setup")
    assert done.returncode == 0, done.stderr
    assert "Environment made" in done.stderr
    return made


def test_program_gets_arguments_folder_and_packages(ready: Checkout) -> None:
    done = ready.run("app", "import", "sheet.xlsx", "--json")
    said = json.loads(done.stdout)
    assert said["arguments"] == ["import", "sheet.xlsx", "--json"]
    assert Path(said["folder"]) == ready.outside
    assert said["tiny"] == "1.0"
    assert done.returncode == 0


@pytest.mark.parametrize("code", [1, 2, 3])
def test_exit_code_is_the_programs(ready: Checkout, code: int) -> None:
    assert ready.run("demo", "--headless", APP_EXIT=str(code)).returncode == code


def test_demo_is_a_command_of_the_program(ready: Checkout) -> None:
    assert json.loads(ready.run("demo", "--headless").stdout)["arguments"] == ["demo", "--headless"]


def test_second_start_installs_nothing(ready: Checkout) -> None:
    before = ready.stamp.stat().st_mtime_ns
    shutil.move(ready.wheels, ready.wheels.with_name("gone"))
    try:
        done = ready.run("setup")
    finally:
        shutil.move(ready.wheels.with_name("gone"), ready.wheels)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [f"Ready: {ready.folder / '.venv' / 'bin' / 'python'}"]
    assert ready.stamp.stat().st_mtime_ns == before


@pytest.mark.skipif(os.name != "posix", reason="Windows starts the program as a child")
def test_starting_loads_next_to_nothing(ready: Checkout) -> None:
    """A second start must add less than 0.2 s: nothing that takes time to import, no helper process."""
    code = (
        "import sys, os, runpy; sys.argv = ['run.py', 'app', 'x']\n"
        "os.execve = lambda *_: (print(*sys.modules, flush=True), os._exit(0))\n"
        "sys.addaudithook(lambda event, _: os._exit(9) if event == 'subprocess.Popen' else None)\n"
        f"runpy.run_path({str(ready.folder / 'run.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [PYTHON, "-I", "-c", code], capture_output=True, text=True, check=False, env=ready.environment
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "launcher.environment" in loaded
    assert not {"launcher.system_packages", "ctypes", "asyncio", "argparse", "importlib.metadata", "email"} & loaded


def test_checks_run_offscreen_and_pytest_gets_the_arguments(ready: Checkout) -> None:
    done = ready.run("test", "tests/unit", "-k", "codes")
    ran = [line for line in done.stdout.splitlines() if line.startswith("ran ")]
    commands = [json.loads(line[4 : line.rindex("]") + 1]) for line in ran]
    assert commands == [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-n", "4", *HOW, "tests/unit", "-k", "codes"],
    ]
    assert all(f" offscreen {ready.folder}" in line for line in ran)
    assert done.stdout.splitlines()[-1] == "ruff check ok · ruff format ok · mypy ok · pytest ok"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("failing", "last"),
    [
        ("mypy", "ruff check ok · ruff format ok · mypy failed · pytest ok"),
        ("pytest", "ruff check ok · ruff format ok · mypy ok · pytest failed"),
        ("ruff pytest", "ruff check failed · ruff format failed · mypy ok · pytest failed"),
    ],
)
def test_one_failed_check_fails_all_and_the_others_still_run(ready: Checkout, failing: str, last: str) -> None:
    done = ready.run("test", FAILING=failing)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == last
    assert sum(line.startswith("ran ") for line in done.stdout.splitlines()) == 4


def test_parallel_is_left_to_who_asks_for_it(ready: Checkout) -> None:
    assert '["pytest", "-n0", "-x"]' in ready.run("test", "-n0", "-x").stdout
    assert '["pytest", "--pdb"]' in ready.run("test", "--pdb").stdout


def test_unknown_command_is_refused(ready: Checkout) -> None:
    done = ready.run("fly")
    assert done.returncode == 2
    assert "fly" in done.stderr
    assert "python run.py --help" in done.stderr


def test_help_names_every_command(checkout: Checkout) -> None:
    done = checkout.run("--help")
    assert done.returncode == 0
    for command in ("app", "setup", "demo", "test", "bench", "shots", "installer"):
        assert command in done.stdout
    assert not (checkout.folder / ".venv").exists()


def test_old_python_is_told_so() -> None:
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.version = '3.9.2 (x)'\n"
        f"sys.argv = ['run.py']; runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [PYTHON, "-c", code], capture_output=True, encoding="utf-8", check=False, env={**os.environ, "LANG": "C.UTF-8"}
    )
    assert done.returncode == 2
    assert "3.11" in done.stderr
    assert "3.9.2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_new_lock_makes_a_new_environment_and_a_bad_one_keeps_the_old(checkout: Checkout) -> None:
    assert checkout.run("setup").returncode == 0
    first = checkout.lock.read_text("utf-8")
    checkout.lock.write_text(make_wheel(checkout.wheels, "2.0"), "utf-8")
    assert json.loads(checkout.run("app", "x").stdout)["tiny"] == "2.0"

    checkout.lock.write_text(first[:-10] + "0" * 9 + "\n", "utf-8")
    done = checkout.run("app", "x")
    assert done.returncode == 2
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert done.stdout == ""

    checkout.lock.write_text(make_wheel(checkout.wheels, "2.0"), "utf-8")
    done = checkout.run("app", "x", PIP_INDEX_URL="http://127.0.0.1:9")
    assert json.loads(done.stdout)["tiny"] == "2.0"
    assert "Making" not in done.stderr


@pytest.mark.slow
def test_two_first_starts_at_once_make_one_environment(checkout: Checkout) -> None:
    started = [checkout.start("app", "x") for _ in range(2)]
    ended = [process.communicate(timeout=TIMEOUT_S) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert [json.loads(out)["tiny"] for out, _ in ended] == ["1.0", "1.0"]
    assert sum("Environment made" in err for _, err in ended) == 1


class _Warehouse(BaseHTTPRequestHandler):
    """Serves the wheels; the first who asks waits until `go` is set."""

    def do_GET(self) -> None:
        self.server.asked.set()  # type: ignore[attr-defined]
        self.server.go.wait(TIMEOUT_S)  # type: ignore[attr-defined]
        content = (self.server.wheels / self.path.split("/")[-1]).read_bytes()  # type: ignore[attr-defined]
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            return  # the one who asked was killed

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def warehouse(checkout: Checkout) -> Iterator[ThreadingHTTPServer]:
    """The lock of `checkout` names a wheel on this server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Warehouse)
    server.wheels, server.asked, server.go = checkout.wheels, threading.Event(), threading.Event()  # type: ignore[attr-defined]
    text = checkout.lock.read_text("utf-8")
    checkout.lock.write_text(text.replace(checkout.wheels.as_uri(), f"http://127.0.0.1:{server.server_port}"), "utf-8")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.go.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.skipif(os.name != "posix", reason="kills and signals as POSIX has them")
@pytest.mark.slow
@pytest.mark.parametrize("way", ["SIGKILL", "SIGINT"])
def test_setup_broken_off_is_redone(checkout: Checkout, warehouse: ThreadingHTTPServer, way: str) -> None:
    process = checkout.start("app", "x")
    assert warehouse.asked.wait(TIMEOUT_S)  # type: ignore[attr-defined]
    os.killpg(process.pid, getattr(signal, way))
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == (-9 if way == "SIGKILL" else 130)
    assert (checkout.folder / ".venv").exists() == (way == "SIGKILL")
    assert not checkout.stamp.exists()

    warehouse.go.set()  # type: ignore[attr-defined]
    done = checkout.run("app", "x")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tiny"] == "1.0"


def test_ci_script_only_calls_the_launcher() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines[-1] == "exec python3 run.py test </dev/null"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert not any(word in " ".join(lines) for word in ("pip ", "apt", "curl", "venv"))


def test_every_started_module_is_there() -> None:
    """What the launcher starts with `-m` must exist in the checkout."""
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    commands = next(
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS"
    )
    names = {value.elts[1].value for value in commands.values}  # type: ignore[attr-defined]
    missing = [
        name
        for name in names
        if not (ROOT / Path(*name.split(".")) / "__main__.py").exists()
        and not (ROOT / Path(*name.split("."))).with_suffix(".py").exists()
    ]
    assert not missing
