"""Findings as sentences and groups; the rules as data."""

from __future__ import annotations

import pickle
import string

import pytest

from app.messages import Messages, catalogue, messages
from app.services.compliance.findings import (
    FIELDS,
    Finding,
    Fix,
    Label,
    Severity,
    counts,
    finding_text,
    fix_text,
    group_text,
    summary,
)
from app.services.compliance.registry import RuleGroup
from app.services.compliance.rule_data import FIXED, BadRuleSetting, rule_data, rule_file
from app.services.compliance.rules import GROUPS
from tests.unit.compliance.examples import LAMPS, codes, context, findings, listing, only, sku

RULES = [rule for group in GROUPS for rule in group.rules]
CODES = [rule.code for rule in RULES]


def placeholders(key: str, language: str) -> set[str]:
    entry = catalogue()[key][language]
    assert isinstance(entry, str) and entry
    return {name for _, name, _, _ in string.Formatter().parse(entry) if name}


def test_every_rule_has_a_severity_and_the_reverse() -> None:
    assert len(CODES) == len(set(CODES))
    assert set(CODES) == set(rule_file("listing_limits")["severities"])


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_sentence_and_heading_in_both_languages(code: str) -> None:
    for key in (f"finding.{code}", f"finding_group.{code}"):
        assert placeholders(key, "zh") == placeholders(key, "en")
    assert not placeholders(f"finding_group.{code}", "zh")


def test_no_sentence_without_a_rule() -> None:
    told = {key.removeprefix("finding.") for key in catalogue() if key.startswith("finding.")}
    headed = {key.removeprefix("finding_group.") for key in catalogue() if key.startswith("finding_group.")}
    assert told == headed == set(CODES)


def test_words_of_the_house() -> None:
    for key, entry in catalogue().items():
        if key.startswith(("finding.", "finding_group.", "fix.")):
            english, chinese = str(entry["en"]), str(entry["zh"])
            assert not any(word in english.lower() for word in ("please", "sorry", "oops", "successfully", "!")), key
            assert "请" not in chinese and "您" not in chinese, key
            assert not key.startswith("finding.") or chinese.endswith("。"), key


def test_every_limit_and_severity_names_its_source() -> None:
    raw = rule_file("listing_limits")
    for entry in (*raw["limits"].values(), *raw["severities"].values()):
        assert entry["source"]
    for name in ("listing_limits", "word_lists", "units", "detail_html", "ships_from"):
        assert rule_file(name)["source"] and rule_file(name)["as_of"]


def test_a_rule_must_be_about_a_field() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        RuleGroup(lambda record, context: True, ("title",)).rule("x.y", "nonsense")
    assert {rule.field for rule in RULES} <= set(FIELDS)


@pytest.mark.parametrize(
    "overrides",
    [
        {"limits": {"nonsense": 5}},
        {"limits": {"title_max": "128"}},
        {"limits": {"title_max": True}},
        {"limits": {"title_max": 1.5}},
        {"limits": {"currencies": "USD"}},
        {"limits": {"currencies": [5]}},
        {"limits": {"code_signs": 5}},
        {"severities": {"nonsense": "warn"}},
        {"severities": {"title.missing": "fatal"}},
        {"severities": {"title.missing": None}},
    ],
)
def test_wrong_overrides_are_refused(overrides: dict[str, dict[str, object]]) -> None:
    with pytest.raises(BadRuleSetting) as caught:
        rule_data(overrides)
    for language in ("zh", "en"):
        assert Messages(language).text(caught.value.message_key, **caught.value.params)


def test_overrides_leave_the_shipped_rules_alone() -> None:
    changed = rule_data({"limits": {"title_max": 218, "image_ratio_max": 2, "currencies": ["USD", "JPY"]}})
    assert (changed.limits.title_max, changed.limits.image_ratio_max) == (218, 2)
    assert changed.limits.currencies == {"USD", "JPY"}
    assert rule_data().limits.title_max == 128
    assert rule_data(None) is rule_data({})


def test_a_severity_can_be_changed_and_a_rule_switched_off() -> None:
    title = "Lego Table Lamp"
    assert only(title=title).severity == Severity.HOLD
    assert only(title=title, using=context({"severities": {"word.licence": "block"}})).severity == Severity.BLOCK
    assert codes(title=title, using=context({"severities": {"word.licence": "off"}})) == []
    off = dict.fromkeys(set(CODES) - FIXED, "off")
    assert codes(title="", skus=[], images=[], using=context({"severities": off})) == []


def test_findings_come_in_the_order_of_the_form() -> None:
    found = codes(
        title="", category_id="", images=[], skus=[], weight_g=None, unit="", freight_template_id="", attributes=[]
    )
    assert found == [
        "title.missing",
        "category.missing",
        "image.none",
        "sku.none",
        "weight.missing",
        "unit.missing",
        "freight_template.missing",
    ]


def test_checking_changes_nothing() -> None:
    record = listing(title="台灯", skus=[sku("")])
    before = pickle.dumps(record)
    first = findings(record)
    assert findings(record) == first
    assert pickle.dumps(record) == before


def test_findings_travel_between_processes() -> None:
    found = findings(attributes=[], title="x" * 130, images=[])
    assert len(found) == 3
    assert pickle.loads(pickle.dumps(found)) == found


def finding(code: str, severity: Severity = Severity.BLOCK) -> Finding:
    return Finding(code, severity, "title", params={"word": "x", "times": 3, "max": 2})


def test_summary_puts_the_worst_and_the_most_frequent_first() -> None:
    warn, hold = finding("title.repeated_word", Severity.WARN), finding("word.licence", Severity.HOLD)
    block, other = finding("title.missing"), finding("price.missing")
    pairs = [(1, warn), (1, warn), (2, warn), (3, hold), (4, block), (5, other), (6, other), (6, other)]
    groups = summary(pairs)
    assert [(group.code, group.count, group.listing_count) for group in groups] == [
        ("price.missing", 3, 2),
        ("title.missing", 1, 1),
        ("word.licence", 1, 1),
        ("title.repeated_word", 3, 2),
    ]
    assert groups[0].example is other
    assert (groups[2].severity, groups[2].field) == (Severity.HOLD, "title")
    assert group_text("price.missing", Messages("zh")) == "没有价格"
    assert summary([]) == []


def test_counts() -> None:
    found = [finding("a"), finding("b", Severity.HOLD), finding("c", Severity.WARN), finding("d", Severity.WARN)]
    assert counts(found) == (1, 1, 2)
    assert counts([]) == (0, 0, 0)


def test_labels_follow_the_language_of_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    label = Label("材质", "Material")
    told = Finding("attribute.required", Severity.BLOCK, "attributes", params={"attribute": label})
    assert "材质" in finding_text(told, Messages("zh"))
    assert "Material" in finding_text(told, Messages("en"))
    assert (Label("", "Material").shown("zh"), Label("材质", "").shown("en")) == ("Material", "材质")
    monkeypatch.setattr(messages, "language", "zh")
    assert str(label) == "材质"
    assert Label.of("finding_side.width_cm") == Label("宽", "width")


def test_the_button_of_a_remedy() -> None:
    fix = Fix("move_category", "category_id", LAMPS, params={"name": Label("台灯", "Table lamps")})
    assert fix_text(fix, Messages("zh")) == "移到 台灯"
    assert fix_text(fix, Messages("en")) == "Move to Table lamps"


def test_numbers_in_sentences_are_grouped() -> None:
    text = finding_text(only(detail_html="x" * 90_001), Messages("en"))
    assert text == "The detail page has 90,001 characters, 90,000 at most. Shorten it."
