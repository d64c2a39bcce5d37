"""One renewal at a time: among workers, among programs on one database, and never more than one token pair."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.services import keyring_store
from app.services.application import Application
from app.services.marketplace.port import TemporaryFault
from app.services.stores.adding import add_store
from app.services.stores.reading import get_store
from app.services.stores.renewal import lock_path, renewing_alone
from tests.new_database import lay_database
from tests.unit.stores.market_program import ROOT, running_market

REFRESH = "/auth/token/refresh"


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("market")) as running:
        yield running


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    lay_database(tmp_path / "data" / "shangjia.db")
    with Application(tmp_path / "data") as application:
        yield application


def start(app: Application, store_id: int) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.unit.stores.renewing_program", str(app.data_dir), str(store_id)]
    return subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_programs_renew_once_and_no_call_fails(app, market):
    """The market drops the old pair with every renewal: a second one with the old token would lock the store out."""
    store = add_store(app, "Chenfan", market.gateway, market.credentials())
    market.set_faults(refresh_revokes=True)
    market.let_tokens_die()
    before = market.calls().get(REFRESH, 0)
    programs = [start(app, store.id), start(app, store.id)]
    try:
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        answers = []
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        for program in programs:
            answers.append(program.communicate(timeout=60)[0])
    finally:
        for program in programs:
            program.kill()
            program.communicate()
    assert [json.loads(answer) for answer in answers] == [[], []]
    assert market.calls()[REFRESH] == before + 1
    kept = app.credentials.load(store.credential_ref)
    assert kept.access_token != market.credentials().access_token
    assert kept.seller_id
    after = get_store(app.db, store.id)
    assert after.health == "ok"
    assert after.seller_id == kept.seller_id
    assert after.sign_in_ends_at == kept.refresh_expires_at


def test_keepers_of_one_program_share_the_renewal(app, market):
    """A sync and a publish run have a connection each."""
    store = add_store(app, "Amber", market.gateway, market.credentials(1))
    market.let_tokens_die()
    before = market.calls().get(REFRESH, 0)

    async def both():
        async with app.connected(store) as first, app.connected(store) as second:
            await asyncio.gather(*(one.product_groups() for one in (first, second) * 5))
        await app.disconnect()

    asyncio.run(both())
    assert market.calls()[REFRESH] == before + 1


def test_who_waits_goes_on_when_the_other_is_done(tmp_path):
    database = tmp_path / "shangjia.db"
    order: list[str] = []

    async def one(name: str, inside: asyncio.Event, leave: asyncio.Event) -> None:
        async with renewing_alone(database, 1):
            order.append(f"{name} in")
            inside.set()
            await leave.wait()
            order.append(f"{name} out")

    async def both():
        first_in, second_in, go = asyncio.Event(), asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(one("first", first_in, go))
        await first_in.wait()
        second = asyncio.create_task(one("second", second_in, go))
        async with renewing_alone(database, 2):
            order.append("another store")
        go.set()
        await asyncio.gather(first, second)

    asyncio.run(both())
    assert order == ["first in", "another store", "first out", "second in", "second out"]
    assert lock_path(database, 1).exists()


def test_a_program_that_hangs_stops_nobody_for_ever(tmp_path):
    async def wait_in_vain():
        database = tmp_path / "shangjia.db"
        async with renewing_alone(database, 1), renewing_alone(database, 1, patience_s=0.0):
            raise AssertionError("both held it")

    with pytest.raises(TemporaryFault) as busy:
        asyncio.run(wait_in_vain())
    assert busy.value.error_code == "store.renewal_busy"


def test_the_lock_of_a_killed_program_is_free(tmp_path):
    path: Path = tmp_path / "shangjia.db"
    script = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom app.services.stores.renewal import renewing_alone\n"
        "async def hold():\n    async with renewing_alone(Path(sys.argv[1]), 1):\n"
        "        print('held', flush=True)\n        sys.stdin.read()\nasyncio.run(hold())\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()

    async def take():
        async with renewing_alone(path, 1, patience_s=5.0):
            return True

    assert asyncio.run(take())
