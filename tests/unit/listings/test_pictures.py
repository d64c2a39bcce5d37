"""The bytes of a picture: files and addresses, only safe ones, failures not remembered."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from app.services.listings import pictures
from app.services.listings.pictures import PictureUnavailable, is_safe, picture_bytes


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    pictures.forget_pictures()
    yield
    pictures.forget_pictures()


@pytest.fixture
def server():
    """A server whose answers a test chooses: status, body, place to go."""
    made = {"status": 200, "body": b"picture", "to": "", "asked": 0}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            made["asked"] += 1
            self.send_response(made["status"])
            if made["to"]:
                self.send_header("Location", made["to"])
            self.end_headers()
            self.wfile.write(made["body"])

        def log_message(self, *_):
            """Silent."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    made["address"] = f"http://127.0.0.1:{running.server_address[1]}/a.jpg"
    yield made
    running.shutdown()
    running.server_close()
    thread.join()


def test_a_file_is_read_a_missing_or_huge_one_is_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"1234")
    assert picture_bytes(str(path)) == b"1234"
    assert picture_bytes(str(tmp_path / "gone.jpg")) == b""
    assert picture_bytes(str(tmp_path)) == b""
    assert picture_bytes("bad\0name.jpg") == b""
    monkeypatch.setattr(pictures, "LARGEST", 3)
    assert picture_bytes(str(path)) == b""


def test_an_address_is_asked_once(server):
    assert picture_bytes(server["address"]) == b"picture"
    assert picture_bytes(server["address"]) == b"picture"
    assert server["asked"] == 1


def test_an_answer_that_is_too_large_is_nothing(server, monkeypatch):
    monkeypatch.setattr(pictures, "LARGEST", 3)
    assert picture_bytes(server["address"]) == b""


def test_only_so_much_is_kept(server, monkeypatch):
    monkeypatch.setattr(pictures, "KEPT_BYTES", 5)
    picture_bytes(server["address"])
    picture_bytes(server["address"])
    assert server["asked"] == 2


def test_a_failure_is_told_and_not_remembered(server):
    server["status"] = 503
    with pytest.raises(PictureUnavailable):
        picture_bytes(server["address"])
    server["status"] = 200
    assert picture_bytes(server["address"]) == b"picture"


def test_what_is_not_there_is_nothing(server):
    server["status"] = 404
    assert picture_bytes(server["address"]) == b""


def test_nobody_answers(server):
    with pytest.raises(PictureUnavailable):
        picture_bytes("http://127.0.0.1:1/a.jpg")


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://ae01.example/kf/a.jpg", True),
        ("http://127.0.0.1:8765/a.jpg", True),
        ("http://localhost/a.jpg", True),
        ("http://ae01.example/a.jpg", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("ftp://ae01.example/a.jpg", False),
    ],
)
def test_only_https_and_this_computer_are_asked(address, safe):
    assert is_safe(address) == safe
    if not safe:
        assert picture_bytes(address) == b""


def test_a_redirect_does_not_lead_elsewhere(server):
    server["status"], server["to"] = 302, "http://169.254.169.254/latest"
    assert picture_bytes(server["address"]) == b""
