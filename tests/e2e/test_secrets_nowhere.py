"""Every secret of a day's work, looked for in everything the program leaves: database and copies, logs, exports, crash
files, what it prints, and the arguments of all processes while it works (DESIGN.md 3.8)."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.services.application import Application
from app.services.stores.reading import list_stores
from tests.e2e.program import ROOT, environment
from tests.unit.stores.market_program import running_market

VAULT_KEY = "correct horse battery staple"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other processes' arguments are read from /proc")


class Watched:
    """Runs commands and keeps what they say and what stands in any process's arguments meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.arguments = folder, b"", b""

    def run(self, *arguments: object, text: str = "", codes: tuple[int, ...] = (0,)) -> None:
        """Run a command, or with a path to a script that."""
        command = [sys.executable, "-m", "app", "--data", str(self.folder), "--json", "--verbose"]
        self.watch([*command, *map(str, arguments)], text, codes)

    def watch(self, command: list[str], text: str, codes: tuple[int, ...]) -> None:
        env = {
            **environment(),
            "SHANGJIA_VAULT_KEY": VAULT_KEY,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, cwd=ROOT, env=env, **pipes) as process:
            assert process.stdin is not None
            process.stdin.write(text.encode())
            process.stdin.close()
            process.stdin = None
            while True:
                self.arguments += arguments_of_all()
                try:
                    said, _ = process.communicate(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    continue
        self.said += said
        assert process.returncode in codes, said.decode()[-2000:]


def arguments_of_all() -> bytes:
    """The command lines of every process of this computer."""
    found = b""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += path.read_bytes()
        except OSError:
            continue
    return found


CRASH = """
import faulthandler, sys, threading
from pathlib import Path
from app.services.application import Application
from app.services.logs import start_logging
from app.services.stores.reading import list_stores
from app.views.start import _crash_log
data = Path(sys.argv[1])
start_logging(data)
with _crash_log(data), Application(data) as app:
    known = app.credentials.load(list_stores(app.db)[0].credential_ref)
    def fail():
        raise RuntimeError(f"a bug that prints {known.access_token} and {known.app_secret}")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    if len(sys.argv) > 2:
        faulthandler._sigsegv()
"""


def everything_left(folder: Path) -> dict[str, bytes]:
    """Every file, and what lies in archives."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in folder.rglob("*"):
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(path) as archive:
                files |= {f"{path}/{name}": archive.read(name) for name in archive.namelist()}
    return files


def test_no_secret_is_left_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", VAULT_KEY)
    data, crash = tmp_path / "data", tmp_path / "crash.py"
    crash.write_text(CRASH)
    desk = Watched(data)
    secrets = {VAULT_KEY}
    with running_market(tmp_path / "market") as market:
        shared = market.issue_code(1)
        secrets |= {shared, shared.removeprefix("AliExpress_")}
        tokens = market.credentials()
        secrets |= {tokens.app_secret, tokens.access_token, tokens.refresh_token}
        names = ("app_key", "app_secret", "access_token", "refresh_token")
        pasted = json.dumps({name: getattr(tokens, name) for name in names})
        desk.run("store", "add", "Chenfan", "--gateway", market.gateway, "--secrets", "-", text=pasted)
        market.let_tokens_die()
        desk.run("store", "sync", "Chenfan", "--what", "listings")
        desk.run("store", "shared", "-", "--gateway", market.gateway, text=f"abcd {shared.upper()}")
        for name in ("all.xlsx", "all.csv"):
            desk.run("export", "--store", "Chenfan", "--out", data / name)
        with Application(data) as app:
            for store in list_stores(app.db):
                kept = app.credentials.load(store.credential_ref)
                secrets |= {kept.app_secret, kept.access_token, kept.refresh_token}
        script = [sys.executable, str(crash), str(data)]
        desk.watch([*script, "hard"], "", (-11,))
        desk.run("store", "disconnect", "Chenfan")
        desk.run("store", "remove", "abcd")
    assert len(secrets) == 10
    left = everything_left(data)
    assert any("crash.log" in name and content for name, content in left.items())
    assert b"a bug that prints *** and ***" in (data / "logs" / "shangjia.log").read_bytes()
    assert {Path(name).suffix for name in left} >= {".db", ".log", ".xlsx", ".csv"}
    for secret in secrets:
        assert [name for name, content in left.items() if secret.encode() in content] == []
        assert secret.encode() not in desk.said
        assert secret.encode() not in desk.arguments
    assert b"--secrets" in desk.arguments  # it did look
