"""The table of codes: complete, translated, with the right verdicts and fields."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.messages import Messages, catalogue
from app.paths import resources
from app.services.errors import InputError
from app.services.marketplace.aliexpress.errors import (
    Problem,
    Verdict,
    WrongClock,
    error_for,
    explain,
    explain_code,
    seconds_to_midnight,
)
from app.services.marketplace.aliexpress.limits import Caller, Limits
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import (
    OF_READS,
    MarketplaceError,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
    Unanswered,
    Unreachable,
)
from tests.unit.marketplace.stub import START, FakeClock

TABLE = json.loads((resources() / "rules" / "aliexpress_errors.json").read_text("utf-8"))


def raised(code: str, text: str = "", sub_code: str = "", method: str = "") -> MarketplaceError:
    return error_for(Problem(code, sub_code, text), now=START, method=method)


def entries() -> list[dict[str, Any]]:
    grouped = [*TABLE["causes"].values(), *TABLE["methods"].values()]
    return [*TABLE["codes"].values(), *TABLE["prefixes"].values(), *(entry for group in grouped for entry in group)]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_row_of_the_table_is_usable() -> None:
    for entry in entries():
        assert Verdict(entry["verdict"])
        assert f"error.marketplace.{entry['message']}" in catalogue(), entry


def test_sentences_stand_in_both_languages_with_the_same_placeholders_and_no_leftovers() -> None:
    own = json.loads((resources() / "translations" / "marketplace.json").read_text("utf-8"))
    known = {
        "platform_code",
        "platform_text",
        "seconds",
        "host",
        "status",
        "method",
        "url",
        "name",
        "value",
        "product_id",
        "part",
        "what",
        "until",
        "proxy",
    }
    for key, entry in own.items():
        assert key.startswith(("error.marketplace", "remedy.marketplace.")), key
        assert placeholders(entry["zh"]) == placeholders(entry["en"]), key
        assert placeholders(entry["zh"]) <= known, key
        assert "please" not in entry["en"].lower(), key
        assert "successfully" not in entry["en"].lower(), key


def test_no_sentence_is_left_over() -> None:
    own = json.loads((resources() / "translations" / "marketplace.json").read_text("utf-8"))
    said = {f"error.marketplace.{entry['message']}" for entry in entries()}
    code = resources().parent / "app" / "services" / "marketplace"
    written = "".join(path.read_text("utf-8") for path in code.rglob("*.py"))
    built = {"error.marketplace", "error.marketplace.rate_limited_for", "error.marketplace.day_quota"}

    own = {key: entry for key, entry in own.items() if key.startswith("error.")}
    left_over = {key for key in own.keys() - said - built if f'"{key.removeprefix("error.")}"' not in written}
    assert not left_over


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IncompleteSignature", Refused),
        ("IllegalTimestamp", WrongClock),
        ("IllegalAccessToken", SignedOut),
        ("27", SignedOut),
        ("IllegalRefreshToken", SignedOut),
        ("AppApiCallLimit", RateLimited),
        ("7", RateLimited),
        ("ServiceTimeout", Unanswered),
        ("InternalError", Unanswered),
        ("ServiceUnavailable", Unanswered),
        ("10", Unanswered),
        ("16009999", Unanswered),
        ("F00-10-10000-001", TemporaryFault),
        ("F00-00-10014-018", TemporaryFault),
        ("7250004", TemporaryFault),
        ("isp.top-remote-service-unavailable", TemporaryFault),
        ("isp.top-remote-connection-timeout", Unanswered),
        ("13001030", Refused),
        ("F00-00-10007-007", Refused),
    ],
)
def test_the_verdict_chooses_the_kind_of_error(code: str, kind: type[MarketplaceError]) -> None:
    error = raised(code)

    assert isinstance(error, kind)
    assert error.retryable is (kind in (TemporaryFault, RateLimited))
    assert error.is_unanswered is (kind is Unanswered)


@pytest.mark.parametrize(
    ("text", "message", "field"),
    [
        ("biz code 150008 reached", "product_ceiling", ""),
        ("validator 040003 failed", "unit", "unit_id"),
        ("rights suspended 000003", "rights_suspended", ""),
        ("the category is not a leaf", "category_not_leaf", "category_id"),
        ("no reachable image url", "image_unreachable", "images"),
        ("Seller ID missing", "seller_id", ""),
        ("something else", "product_refused", ""),
    ],
)
def test_the_umbrella_code_is_read_by_its_text(text: str, message: str, field: str) -> None:
    error = raised("15", text, "F00-00-10020-004")

    assert (error.error_code, error.field) == (f"marketplace.{message}", field)
    assert isinstance(error, Refused)


def test_an_umbrella_may_hide_a_passing_fault_and_a_passing_fault_a_refusal() -> None:
    assert isinstance(raised("15", "System error, retry", "F00-00-10020-004"), TemporaryFault)
    assert isinstance(raised("15", "cause 7150008 product limit", "S00-10-10000-001"), Refused)
    assert isinstance(raised("15", "system error", "S00-10-10000-001"), TemporaryFault)


def test_small_numbers_mean_something_only_where_they_belong() -> None:
    extend = "aliexpress.trade.redefining.extendsbuyeracceptgoodstime"

    assert raised("201", method=extend).error_code == "marketplace.extension_too_long"
    assert raised("201").error_code == "marketplace.refused"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("#/shipping_template_id: #: 0 subschemas matched", "freight_template_id"),
        ("#/sku_info_list/0/price: expected type", "sku.price"),
        ("#/title: maxLength 218", "title"),
        ("missing parameter category_id", "category_id"),
        ("the 'title' is not valid", "title"),
        ("the title is not valid", ""),
        ("nothing known", ""),
    ],
)
def test_the_field_comes_from_the_platforms_own_words(text: str, field: str) -> None:
    assert raised("MissingParameter", text).field == field


@pytest.mark.parametrize(
    ("number", "message"),
    [("8400001", "image_format"), ("90015", "not_offline"), ("40003", "unit"), ("3", "upload_failed")],
)
def test_codes_that_lost_their_zero_as_a_number_are_recognised(number: str, message: str) -> None:
    assert raised(number).error_code == f"marketplace.{message}"


def test_an_unknown_code_is_shown_raw_and_never_repeated() -> None:
    error = raised("15", "the moon is in the wrong place", "F99-00-12345-678")

    assert type(error) is Refused
    assert not error.retryable
    key, params, field = explain(error)
    assert (
        Messages("en")
        .text(key, **params)
        .startswith("The marketplace refused: F99-00-12345-678 the moon is in the wrong place.")
    )
    assert field == ""


def test_a_container_without_sub_code_leaves_open_what_happened() -> None:
    assert isinstance(raised("15", "Remote service error"), Unanswered)
    assert isinstance(raised("50", "Remote service error"), Unanswered)


def test_unknown_members_of_known_families() -> None:
    assert isinstance(raised("15", "", "isp.whatever-else"), Unanswered)
    assert raised("15", "", "isv.missing-parameter:subject").error_code == "marketplace.parameter_missing"
    assert raised("15", "", "isv.bizarre").error_code == "marketplace.parameters"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("This ban will last 1 seconds", 1),
        ("This ban will last for 37 more seconds", 37),
        ("ban lasts 14,229 seconds", 14229),
        ("wait 1 second", 1),
        ("slow down", None),
    ],
)
def test_the_length_of_a_ban_is_read_from_its_text(text: str, seconds: int | None) -> None:
    error = raised("AppApiCallLimit", text)

    assert error.retry_after_s == seconds
    assert error.params.get("seconds") == seconds


def test_a_day_quota_ends_at_midnight_in_china_not_here() -> None:
    late = datetime(2026, 3, 2, 15, 59, 30, tzinfo=UTC)

    assert seconds_to_midnight(late) == 30
    assert seconds_to_midnight(late + timedelta(seconds=30)) == 86_400
    assert raised("AppCallLimit", "daily quota used up").retry_after_s == 12 * 3600


@pytest.mark.parametrize(
    "error",
    [
        Refused(platform_code="X", platform_text="why"),
        TemporaryFault(),
        Unreachable(host="gw"),
        RateLimited(),
        RateLimited("marketplace.rate_limited_for", retry_after_s=12.2),
        Unanswered(),
        SignedOut(),
        MarketplaceError(platform_code="X"),
        MarketplaceError("marketplace.nobody_translated_this"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_class_can_be_said_in_both_languages(error: MarketplaceError, language: Any) -> None:
    key, params, _ = explain(error)

    sentence = Messages(language).text(key, **params)
    assert "{" not in sentence
    assert "None" not in sentence


def test_seconds_are_rounded_up_in_the_sentence() -> None:
    key, params, _ = explain(RateLimited("marketplace.rate_limited_for", retry_after_s=12.2))

    assert "13 s" in Messages("en").text(key, **params)


def test_errors_of_others_are_passed_through() -> None:
    assert explain(InputError("not_found", noun="store", name="x"))[2] == ""


@pytest.mark.parametrize(
    ("code", "key", "field"),
    [
        ("090015", "error.marketplace.not_offline", ""),
        ("F00-00-10007-007", "error.marketplace.sku_code_duplicate", "sku.code"),
        ("marketplace.bad_id", "error.marketplace.bad_id", ""),
        ("marketplace.signed_out", "error.marketplace.signed_out", ""),
        ("77777777", "error.marketplace.refused", ""),
        ("", "error.marketplace.refused", ""),
    ],
)
def test_a_bare_code_of_a_batch_is_explained(code: str, key: str, field: str) -> None:
    found, params, named = explain_code(code, "words")

    assert (found, named) == (key, field)
    assert (params["platform_code"], params["platform_text"]) == (code, "words")
    assert "{" not in Messages("en").text(found, **params)


def test_a_bare_code_takes_what_else_is_known() -> None:
    key, params, _ = explain_code("marketplace.bad_id", value="ten")

    assert Messages("en").text(key, **params) == "“ten” is not an id of the marketplace. Enter digits only."


@pytest.mark.parametrize("seconds", ["9999999999", "99999999999999", "9" * 400])
def test_a_ban_of_senseless_length_is_taken_as_the_longest_that_makes_sense(seconds: str) -> None:
    """As the platform's sentence names it; nobody can add so many seconds to a date."""
    error = error_for(Problem("AppApiCallLimit", text=f"This ban will last {seconds} more seconds"), now=START)
    assert error.retry_after_s == rules("limits")["longest_ban_s"]
    limits = Limits(FakeClock())
    caller = Caller("app", "1", "a.b")
    assert isinstance(error, RateLimited)
    limits.obey(caller, error)
    (pause,) = limits.pauses(caller)
    assert pause.until == START + timedelta(seconds=rules("limits")["longest_ban_s"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(OF_READS.values()))
def test_a_read_that_fails_asks_for_no_look_in_the_store_and_for_no_correction(code: str, language: str) -> None:
    entry = catalogue()[f"error.{code}"]
    assert not any(words in entry[language] for words in ("before sending", "send again", "重发", "重新提交", "修改后"))


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Refused(platform_code="x"), "refused"),
        (Refused(platform_text="no"), "refused"),
        (Refused(), "refused_silently"),
        (Unanswered(), "unanswered"),
        (Unanswered("marketplace.truncated", method="a.b"), "truncated"),
    ],
)
def test_a_read_and_an_empty_code_have_sentences_of_their_own(error: MarketplaceError, key: str) -> None:
    assert error.message_key == f"error.marketplace.{key}"
    error.was_reading = True
    assert error.message_key == f"error.marketplace.{key}_read"
    assert explain(error)[0] == error.message_key


def test_a_refusal_of_its_own_code_says_the_same_of_a_read() -> None:
    error = Refused("marketplace.signature", platform_code="IncompleteSignature")
    error.was_reading = True
    assert error.message_key == "error.marketplace.signature"


def test_a_bare_empty_code_is_a_refusal_without_a_reason() -> None:
    assert explain_code("")[0] == "error.marketplace.refused_silently"
    assert explain_code("", "no room")[0] == "error.marketplace.refused"


@pytest.mark.parametrize("code", ["redirected", "http_status"])
def test_the_gateway_is_looked_for_where_it_is(code: str) -> None:
    """It is the store's own: the settings have none."""
    entry = catalogue()[f"error.marketplace.{code}"]
    assert "Stores tab" in str(entry["en"])
    assert "“店铺”" in str(entry["zh"])
