"""The picture tour's mistakes: the checker sees some of them, the market the others."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from app.practice_market.faults import Faults
from app.services.compliance.rule_data import rule_data
from app.services.stores.practice_addresses import PracticeMarketSilent
from app.views.picture_mishaps import STRICTNESS, be_strict, mistakes
from app.views.picture_tour import NEVER_SAID, _pass_on


def test_eleven_listings_are_spoiled_four_ways():
    title = "Bedside Table Lamp Dimmable Touch Control"
    edits = mistakes(list(range(1, 25)), lambda _: SimpleNamespace(record=SimpleNamespace(title=title)))
    assert [edit.listing_id for edit in edits] == list(range(1, 12))
    limits = rule_data().limits
    assert [len(edit.fields["title"]) > limits.title_max for edit in edits[:3]] == [True] * 3
    assert [edit.fields for edit in edits[3:5]] == [{"weight_g": None}] * 2
    days = edits[-1].fields["handling_days"]
    assert STRICTNESS["handling_days_max"] < days <= limits.handling_days_max


def test_the_market_has_these_switches():
    assert Faults(STRICTNESS).switches.audit_reject_share == STRICTNESS["audit_reject_share"]


class Market(BaseHTTPRequestHandler):
    heard: ClassVar[list] = []
    status = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Nothing on standard error."""


@pytest.fixture
def gateway(monkeypatch):
    monkeypatch.setattr(Market, "heard", [])
    server = HTTPServer(("127.0.0.1", 0), Market)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    thread.join()
    server.server_close()


def test_the_market_is_told(gateway):
    be_strict(gateway)
    assert Market.heard == [("/practice/faults", "application/json", STRICTNESS)]


def test_a_market_that_takes_no_switches_is_told_about(gateway, monkeypatch):
    monkeypatch.setattr(Market, "status", 415)
    with pytest.raises(PracticeMarketSilent, match="415"):
        be_strict(gateway)


def test_qts_message_about_nothing_is_not_printed(capsys):
    before = qInstallMessageHandler(_pass_on)
    try:
        qWarning(NEVER_SAID)
        qWarning("something else")
    finally:
        qInstallMessageHandler(before)
    sys.stderr.flush()
    assert capsys.readouterr().err == "something else\n"
