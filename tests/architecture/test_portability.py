"""What would only fail on Windows: calls that are not there, and texts read in the office's code page."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator

from tests.architecture.source import ROOT, Module, functions, imports, modules

PROGRAM = ("run.py", "launcher", "app", "installer")
POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "posix", "syslog"}
POSIX_NAMES = {
    "os": {"fork", "getuid", "geteuid", "getgid", "getpgid", "setsid", "killpg", "uname", "mkfifo", "chown", "execve"},
    "signal": {"SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "alarm", "pause"},
}
GUARDS = ("os.name", "sys.platform", "hasattr(", "getattr(")


def test_posix_modules_are_imported_where_they_are_used() -> None:
    wrong = [
        f"{module}:{line} {name}"
        for module in modules(*PROGRAM)
        for name, line, is_top in imports(module)
        if is_top and name.split(".")[0] in POSIX_MODULES
    ]
    assert not wrong


def test_posix_calls_are_guarded() -> None:
    wrong = []
    for module in modules(*PROGRAM):
        guarded = {
            id(node)
            for function in (functions(module) if any(guard in module.text for guard in GUARDS) else ())
            if any(guard in ast.unparse(function) for guard in GUARDS)  # without comments, which guard nothing
            for node in ast.walk(function)
        }
        wrong += [f"{module}:{line} {name}" for name, line, key in _posix_names(module) if key not in guarded]
    assert not wrong


def _posix_names(module: Module) -> Iterator[tuple[str, int, int]]:
    for node in module.nodes:
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.attr in POSIX_NAMES.get(node.value.id, ()):
            yield f"{node.value.id}.{node.attr}", node.lineno, id(node)


def test_texts_are_read_and_written_with_an_encoding() -> None:
    wrong = [f"{module}:{call.lineno}" for module in modules(*PROGRAM) for call in _calls_without(module)]
    assert not wrong


def _calls_without(module: Module) -> Iterator[ast.Call]:
    """Calls that open a text without saying its encoding."""
    for call in (node for node in module.nodes if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if any(keyword.arg in ("encoding", None) for keyword in call.keywords):
            continue
        encoded_from = {"read_text": 1, "write_text": 2}.get(name)
        if _opens_text(call) if name == "open" else encoded_from is not None and len(call.args) < encoded_from:
            yield call


def _opens_text(call: ast.Call) -> bool:
    """`open(path, …)` and `path.open(…)` in text mode; other objects' `open` has no mode or another meaning."""
    place = 1 if isinstance(call.func, ast.Name) else 0
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    if mode is None and len(call.args) > place:
        mode = call.args[place]
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set(mode.value) <= set("rwaxbt+"):
        return "b" not in mode.value and len(call.args) < place + 3
    return isinstance(call.func, ast.Name) and mode is None


def test_time_zones_are_a_dependency_of_ours() -> None:
    """Windows has no zone database: what `zoneinfo` reads there must not hang on what another package needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[<>=;\s]", line)[0] for line in project["dependencies"]]
    assert "tzdata" in names
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert [name for name in names if not re.search(rf"^{name}==", locked, re.M | re.I)] == []
