"""Rules about pictures, given what is known of the files (domain.md 5.1, 14.2)."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Messages
from app.services.compliance.findings import Severity, finding_text
from app.services.compliance.image_facts import ImageBook, ImageFacts, host_of, is_remote
from app.services.compliance.rule_data import rule_data
from tests.unit.compliance.examples import IMAGES, codes, context, findings, only, part, sku

MB = 1024 * 1024
ONE, TWO, *_ = IMAGES
ADDRESS = "https://ae01.alicdn.com/kf/a.jpg"


def codes_for(**facts: Any) -> list[str]:
    """Codes for a listing whose second picture is like this."""
    return [finding.code for finding in findings_for(**facts)]


def findings_for(**facts: Any) -> list[Any]:
    known = {"sha256": "f" * 64, "width": 1000, "height": 1000, "byte_count": 200_000, "format": "JPEG", **facts}
    using = context()
    using.images.learn({"/pictures/x.jpg": ImageFacts("/pictures/x.jpg", **known)})
    return findings(images=[ONE, "/pictures/x.jpg"], using=using)


@pytest.mark.parametrize(("count", "expected"), [(0, ["image.none"]), (1, []), (6, []), (7, ["image.too_many"])])
def test_number_of_pictures(count: int, expected: list[str]) -> None:
    assert codes(images=list(IMAGES)[:count]) == expected


def test_too_many_keeps_the_first_six() -> None:
    fix = only(images=list(IMAGES)).fix
    assert fix is not None
    assert (fix.field, fix.value) == ("images", list(IMAGES)[:6])


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (800, 800, []),
        (800, 1040, []),
        (1040, 800, []),
        (799, 800, ["image.too_small"]),
        (800, 799, ["image.too_small"]),
        (640, 640, ["image.too_small"]),
        (800, 1041, ["image.ratio"]),
        (1041, 800, ["image.ratio"]),
        (100, 900, ["image.too_small", "image.ratio"]),
        (5000, 5000, []),
        (5001, 5001, ["image.photobank"]),
    ],
)
def test_pixels(width: int, height: int, expected: list[str]) -> None:
    assert codes_for(width=width, height=height) == expected


@pytest.mark.parametrize(
    ("byte_count", "expected"),
    [
        (3 * MB, []),
        (3 * MB + 1, ["image.photobank"]),
        (5 * MB, ["image.photobank"]),
        (5 * MB + 1, ["image.too_heavy"]),
    ],
)
def test_bytes(byte_count: int, expected: list[str]) -> None:
    assert codes_for(byte_count=byte_count) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("JPEG", []),
        ("PNG", ["image.not_jpeg"]),
        ("GIF", ["image.format"]),
        ("WEBP", ["image.format"]),
        ("BMP", ["image.format"]),
    ],
)
def test_format(name: str, expected: list[str]) -> None:
    assert codes_for(format=name) == expected


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("missing", "image.missing"),
        ("denied", "image.missing"),
        ("damaged", "image.damaged"),
        ("huge", "image.huge"),
    ],
)
def test_problems(problem: str, expected: str) -> None:
    assert codes_for(problem=problem, width=None, height=None, byte_count=None, format="") == [expected]


def test_a_file_too_heavy_to_be_read() -> None:
    assert codes_for(problem="heavy", byte_count=40 * MB, width=None, height=None, format="") == ["image.too_heavy"]


def test_a_file_nobody_read() -> None:
    finding = only(images=[ONE, "/pictures/new.jpg"])
    assert (finding.code, finding.severity) == ("image.unread", Severity.BLOCK)
    assert finding.params == {"number": 2, "file": "new.jpg"}


def test_severities() -> None:
    severity = {finding.code: finding.severity for finding in (*findings_for(width=600), *findings_for(format="PNG"))}
    assert severity == {"image.too_small": "block", "image.ratio": "block", "image.not_jpeg": "warn"}
    assert findings_for(byte_count=4 * MB)[0].severity == Severity.HOLD


def test_too_small_names_the_picture_and_can_leave_it_out() -> None:
    (finding,) = findings_for(width=640, height=640)
    assert finding_text(finding, Messages("zh")) == "第 2 张主图 640 × 640，平台要求至少 800 × 800。换图，或移除这张。"
    assert (
        finding_text(finding, Messages("en"))
        == "Image 2 is 640 × 640; the platform needs 800 × 800. Replace or remove it."
    )
    assert (finding.fix.kind, finding.fix.value) == ("remove_image", [ONE])


def test_the_only_picture_is_not_left_out() -> None:
    using = context()
    using.images.learn({"/x.jpg": ImageFacts("/x.jpg", "f" * 64, 640, 640, 1, "JPEG")})
    assert only(images=["/x.jpg"], using=using).fix is None


def test_the_same_picture_under_two_names() -> None:
    using = context()
    using.images.learn({"/x.jpg": ImageFacts("/x.jpg", IMAGES[ONE].sha256, 1000, 1000, 200_000, "JPEG")})
    finding = only(images=[ONE, TWO, "/x.jpg"], using=using)
    assert (finding.code, finding.severity) == ("image.repeated", Severity.WARN)
    assert (finding.params["first"], finding.params["number"]) == (1, 3)
    assert finding.fix is not None and finding.fix.value == [ONE, TWO]
    assert codes(images=[ONE, ONE], using=using) == ["image.repeated"]
    assert codes(images=[ADDRESS, ADDRESS], using=using) == ["image.repeated"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ADDRESS, []),
        ("https://img.aliexpress-media.com/a.jpg", []),
        ("HTTPS://AE01.ALICDN.COM/kf/a.jpg", []),
        ("//ae01.alicdn.com/kf/a.jpg", []),
        ("https://elsewhere.example/a.jpg", ["image.foreign"]),
        ("https://alicdn.com.evil.example/a.jpg", ["image.foreign"]),
        ("https://alicdn.com@evil.example/a.jpg", ["image.foreign"]),
        ("http://[::1", ["image.foreign"]),
        ("http://", ["image.foreign"]),
    ],
)
def test_addresses(address: str, expected: list[str]) -> None:
    found = findings(images=[ONE, address])
    assert [finding.code for finding in found] == expected
    assert all(finding.severity == Severity.HOLD for finding in found)


def test_the_gateways_own_host_is_a_photobank() -> None:
    local = "http://127.0.0.1:8765/kf/a.jpg"
    assert codes(images=[local]) == ["image.foreign"]
    assert codes(images=[local], using=context(image_hosts=["127.0.0.1"])) == []


def test_hosts_and_addresses() -> None:
    assert host_of("https://User@Host.Example:80/x") == "host.example"
    assert (
        host_of("//Host.Example")
        == host_of("http://host.example?x")
        == host_of("HTTPS://host.example/x")
        == "host.example"
    )
    assert host_of("http://good.example@host.example/") == host_of("http://host.example:80") == "host.example"
    assert host_of("no address") == ""
    assert is_remote("HTTP://x") and is_remote("//x/y") and not is_remote("/x/y") and not is_remote(r"C:\x.jpg")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"width": 100, "height": 300}, []),
        ({"format": "PNG"}, []),
        ({"problem": "missing"}, ["sku.image_missing"]),
        ({"problem": "denied"}, ["sku.image_missing"]),
        ({"problem": "damaged"}, ["sku.image_damaged"]),
        ({"problem": "huge"}, ["sku.image_damaged"]),
        ({"problem": "heavy", "format": ""}, ["sku.image_damaged"]),
        ({"format": "WEBP"}, ["sku.image_damaged"]),
        ({"byte_count": 3 * MB + 1}, ["sku.image_damaged"]),
        ({"width": 5001}, ["sku.image_damaged"]),
    ],
)
def test_pictures_of_variants(facts: dict[str, Any], expected: list[str]) -> None:
    known = {"sha256": "f" * 64, "width": 1000, "height": 1000, "byte_count": 200_000, "format": "JPEG", **facts}
    using = context()
    using.images.learn({"/x.jpg": ImageFacts("/x.jpg", **known)})
    found = findings(
        skus=[sku(), sku("B", properties=[part(value_id="29", value="White", image="/x.jpg")])], using=using
    )
    assert [(one.code, one.sku) for one in found if one.sku != 0] == [(code, 1) for code in expected]
    assert [one.code for one in found if one.sku == 0] == ["sku.image_none"]


def test_other_pictures_of_variants() -> None:
    assert codes(skus=[sku(properties=[part(image="/new.jpg")])]) == ["sku.image_unread"]
    assert codes(skus=[sku(properties=[part(image=ADDRESS)])]) == []
    assert codes(skus=[sku(properties=[part(image="https://elsewhere.example/a.jpg")])]) == ["sku.image_foreign"]


def test_the_book_asks_once_and_forgets_on_demand() -> None:
    asked: list[str] = []

    def read(sources: list[str]) -> dict[str, ImageFacts]:
        asked.extend(sources)
        return {source: IMAGES[source] for source in sources if source in IMAGES}

    book = ImageBook(rule_data().limits, ["alicdn.com"], read)
    assert book.sound[ONE] == IMAGES[ONE].sha256
    assert book.known(ONE) is IMAGES[ONE]
    assert book.known("/new.jpg") is None
    assert book.known("/new.jpg") is None
    assert book.known(ADDRESS) is None
    assert asked == [ONE, "/new.jpg"]
    book.learn({"/new.jpg": ImageFacts("/new.jpg", "n" * 64, 900, 900, 1, "JPEG"), ONE: None})
    assert book.sound["/new.jpg"] == "n" * 64
    with pytest.raises(KeyError):
        book.sound[ONE]
    book.forget()
    assert book.sound[ONE] == IMAGES[ONE].sha256
    assert asked == [ONE, "/new.jpg", ONE]
