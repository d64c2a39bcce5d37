"""Every secret of a day's work, looked for in everything the program leaves: database and copies, logs, exports, crash
files, what it prints, and the arguments of all processes while it works (DESIGN.md 3.8)."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from app.services.application import Application
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.marketplace.port import StoreCredentials
from app.services.stores.reading import list_stores
from tests.e2e.program import ROOT, environment
from tests.unit.stores.market_program import Market, running_market

VAULT_KEY = "correct horse battery staple"
PROXY_PASSWORD = "grey-heron-over-the-weir"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other processes' arguments are read from /proc")


class Watched:
    """Runs commands and keeps what they say and what stands in any process's arguments meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said, self.arguments = folder, b"", b""

    def run(self, *arguments: object, text: str = "", codes: tuple[int, ...] = (0,)) -> None:
        """Run a command."""
        command = [sys.executable, "-m", "app", "--data", str(self.folder), "--json", "--verbose"]
        self.watch([*command, *map(str, arguments)], text, codes)

    def script(self, script: str, *arguments: object, text: str = "", codes: tuple[int, ...] = (0,)) -> None:
        """Run a program of the test's own, with the data folder as its first argument; its text is a file."""
        path = self.folder.parent / "script.py"
        path.write_text(script)
        self.watch([sys.executable, str(path), str(self.folder), *map(str, arguments)], text, codes)

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


SIGN_IN = """
import asyncio, sys
from pathlib import Path
from urllib.request import urlopen
from app.services.application import Application
from app.services.logs import start_logging
from app.services.stores.signing_in import SignInPlan, sign_in_by_browser
from app.services.tasks import TaskContext
data, gateway, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
async def sign_in(app):
    opened = []
    def show(url):
        opened.append(asyncio.get_running_loop().run_in_executor(None, urlopen, f"{url}&store={number}"))
    await sign_in_by_browser(app, SignInPlan("By browser", gateway), show, TaskContext())
    (await opened[0]).close()
    await app.disconnect()
start_logging(data, verbose=True)
with Application(data) as app:
    app.change_settings(callback_port=int(sys.argv[4]))
    asyncio.run(sign_in(app))
"""

PROXY = """
import asyncio, logging, sys
from pathlib import Path
from app.services.application import Application
from app.services.errors import AppError
from app.services.logs import start_logging
from app.services.marketplace.aliexpress import create_credentials
data = Path(sys.argv[1])
async def ask(app):
    try:
        await create_credentials(app.gateway("https://market.invalid"), "501234", "no-secret", "no-code")
    except AppError as error:
        logging.getLogger("app").exception("through %s: %r", app.proxy_of(app.settings.proxy), error)
        print(app.settings, repr(error))
    else:
        raise SystemExit("there is no such proxy")
    finally:
        await app.disconnect()
start_logging(data, verbose=True)
with Application(data) as app:
    app.change_settings(proxy=f"http://heron:{sys.stdin.read()}@127.0.0.1:{sys.argv[2]}")
    asyncio.run(ask(app))
"""


def free_port() -> int:
    """A port of this computer where nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def everything_left(folder: Path) -> dict[str, bytes]:
    """Every file, and what lies in archives."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in folder.rglob("*"):
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(path) as archive:
                files |= {f"{path}/{name}": archive.read(name) for name in archive.namelist()}
    return files


def sign_in_all_ways(desk: Watched, market: Market) -> set[str]:
    """Pasted tokens that are renewed, a shared code, the browser. Returns: what must be nowhere."""
    shared = market.issue_code(1)
    tokens = market.credentials()
    names = ("app_key", "app_secret", "access_token", "refresh_token")
    pasted = json.dumps({name: getattr(tokens, name) for name in names})
    desk.run("store", "add", "Chenfan", "--gateway", market.gateway, "--secrets", "-", text=pasted)
    market.let_tokens_die()
    desk.run("store", "sync", "Chenfan", "--what", "listings,freight,groups")
    desk.run("store", "shared", "-", "--gateway", market.gateway, text=f"abcd {shared.upper()}")
    desk.script(SIGN_IN, market.gateway, market.store_id(1), free_port())
    with closing(sqlite3.connect(market.database)) as connection:
        (code,) = (row[0] for row in connection.execute("SELECT code FROM authorisation_code"))
    return {shared, shared.removeprefix("AliExpress_"), code, *secrets_of(tokens)}


def secrets_of(tokens: StoreCredentials) -> set[str]:
    """The secrets of one sign-in."""
    return {tokens.app_secret, tokens.access_token, tokens.refresh_token}


def change_one(app: Application) -> None:
    """Edit a live listing, so that there is something to publish and to report."""
    sql = "SELECT min(id) FROM listing WHERE store_id = 1 AND status = 'live'"
    with app.db.reader.connect() as connection:
        number = connection.exec_driver_sql(sql).scalar_one()
    edit_listings(app.db, [ListingEdit(number, fields={"weight_g": 777})], label="change.edit")


def test_no_secret_is_left_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", VAULT_KEY)
    data = tmp_path / "data"
    desk = Watched(data)
    secrets = {VAULT_KEY, PROXY_PASSWORD}
    with running_market(tmp_path / "market") as market:
        market.set_faults(audit_delay_s=0)
        desk.run("trace", "on")
        secrets |= sign_in_all_ways(desk, market)
        for name in ("all.xlsx", "all.csv"):
            desk.run("export", "--store", "Chenfan", "--out", data / name)
        with Application(data) as app:
            for store in list_stores(app.db):
                secrets |= secrets_of(app.credentials.load(store.credential_ref))
            change_one(app)
        desk.run("publish", "--store", "Chenfan", "--report", data / "report.xlsx", codes=(0, 1))
        desk.script(PROXY, free_port(), text=PROXY_PASSWORD)
        desk.run("trace", "export", "--out", data / "trace.zip")
        desk.script(CRASH, "hard", codes=(-11,))
        desk.run("store", "disconnect", "Chenfan")
        desk.run("store", "remove", "abcd", "--yes")
    assert len(secrets) == 14
    with Application(data) as app:
        assert PROXY_PASSWORD in app.proxy_of(app.settings.proxy), "it is kept, in the vault"
    left = everything_left(data)
    assert any("crash.log" in name and content for name, content in left.items())
    assert b"a bug that prints *** and ***" in (data / "logs" / "shangjia.log").read_bytes()
    assert b"through http://heron:***@127.0.0.1" in (data / "logs" / "shangjia.log").read_bytes()
    assert {Path(name).suffix for name in left} >= {".db", ".log", ".xlsx", ".csv", ".zip", ".jsonl"}
    (trace,) = (content for name, content in left.items() if name.endswith("trace.zip/http-trace.jsonl"))
    assert {b"aliexpress.offer.product.edit", b"/auth/token/create", b"/auth/token/refresh"} <= methods_of(trace)
    assert any(name.startswith(f"{data / 'report.xlsx'}/xl/") for name in left)
    for secret in secrets:
        assert [name for name, content in left.items() if secret.encode() in content] == []
        assert secret.encode() not in desk.said
        assert secret.encode() not in desk.arguments
    assert b"--secrets" in desk.arguments  # it did look


def methods_of(trace: bytes) -> set[bytes]:
    """API methods a trace has entries of."""
    return {json.loads(line)["method"].encode() for line in trace.splitlines()}
