"""After a call of which a second one makes a second thing, only documented words are believed."""

from datetime import UTC, datetime

import pytest

from app.services.marketplace.aliexpress.certainty import believed
from app.services.marketplace.aliexpress.errors import Problem, TokenDead, WrongClock, error_for
from app.services.marketplace.aliexpress.mapping.methods import FEED_SUBMIT, LISTING_CREATE, LISTING_EDIT, LISTING_READ
from app.services.marketplace.aliexpress.values import new_id
from app.services.marketplace.port import RateLimited, Refused, TemporaryFault, Unanswered, Unreachable

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

SYSTEM_ERRORS = [
    Problem("15", "F00-10-10000-001", "system error"),
    Problem("15", "S00-10-10000-001", "system error, try again"),
    Problem("15", "F00-00-10009-002", "data conflict"),
    Problem("15", "F00-00-10014-018", ""),
    Problem("15", "F00-00-10020-004", "system error"),
    Problem("isp.top-remote-service-unavailable"),
    Problem("13009999"),
    Problem("13029999"),
    Problem("13006002"),
]
UNKNOWN_WORDS = [Problem(), Problem("77777", text="no idea"), Problem("no-such-code", kind="ISV")]


@pytest.mark.parametrize("problem", SYSTEM_ERRORS + UNKNOWN_WORDS, ids=lambda one: one.shown_code or "nothing")
@pytest.mark.parametrize("method", [LISTING_CREATE, FEED_SUBMIT], ids=lambda one: one.name)
def test_these_words_do_not_say_that_nothing_was_made(problem, method):
    error = error_for(problem, now=NOW, method=method.name)
    doubtful = believed(error, method)
    assert type(doubtful) is Unanswered
    assert not doubtful.retryable
    assert (doubtful.error_code, doubtful.platform_code) == (error.error_code, error.platform_code)


@pytest.mark.parametrize("problem", SYSTEM_ERRORS, ids=lambda one: one.shown_code)
@pytest.mark.parametrize("method", [LISTING_READ, LISTING_EDIT], ids=lambda one: one.name)
def test_where_a_second_call_makes_nothing_new_they_pass(problem, method):
    error = error_for(problem, now=NOW, method=method.name)
    assert believed(error, method) is error
    assert isinstance(error, TemporaryFault)


@pytest.mark.parametrize("code", ["marketplace.redirected", "marketplace.http_status"])
def test_the_way_of_an_answer_says_nothing_of_the_request(code):
    doubtful = believed(Refused(code, status="303", to="elsewhere.example"), LISTING_CREATE)
    assert type(doubtful) is Unanswered
    assert doubtful.params["to"] == "elsewhere.example"


@pytest.mark.parametrize(
    "error",
    [
        Unreachable(host="api.example"),
        RateLimited(),
        TokenDead(),
        WrongClock("marketplace.clock"),
        Refused("marketplace.title", platform_code="13004005"),
        Refused(platform_code="isv.new-rule"),
        TemporaryFault("marketplace.translation_failed"),
        TemporaryFault("marketplace.image_fetch"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_documented_is_believed(error):
    assert believed(error, LISTING_CREATE) is error


def test_an_unknown_code_of_the_business_behind_the_gateway_is_a_refusal():
    error = error_for(Problem("15", "isv.brand-new-rule", "not like this"), now=NOW)
    assert believed(error, LISTING_CREATE) is error
    assert type(error) is Refused


@pytest.mark.parametrize("value", ["", None, 0, "0", "abc", "-5", 12.5, "0123", True, " "])
def test_no_id_of_a_new_thing(value):
    with pytest.raises(ValueError, match=r".+"):
        new_id(value)


@pytest.mark.parametrize(("value", "text"), [(1005009999999999999, "1005009999999999999"), ("42", "42"), (42.0, "42")])
def test_ids_of_new_things(value, text):
    assert new_id(value) == text
