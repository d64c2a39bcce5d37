"""`check` by rule, `fix`, `words`: the same findings, remedies and lists as in the window."""

from __future__ import annotations

from pathlib import Path

LONG = "a word " * 30


def test_check_groups_and_fix_puts_right(cli, synced):
    first = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = f'title = "{first["title"]}"'
    cli("--json", "edit", "--store", synced, "--set", f'title="{LONG}"', "--where", where)
    said = cli("--json", "check", "--store", synced)
    rules = {one["code"]: one for one in said.json["rules"]}
    assert (rules["title.too_long"]["listings"], rules["title.too_long"]["remedy"]) == (1, "fix")
    assert sum(one["count"] for one in said.json["rules"]) == len(said.json["findings"])
    assert "Title too long: 1 listing (title.too_long)" in cli("check", "--store", synced).out

    dry = cli("--json", "fix", "--store", synced, "--rule", "title.too_long", "--dry-run")
    assert (dry.code, dry.json["matched"], dry.json["changed"], dry.json["change"]) == (0, 1, 1, None)
    done = cli("--json", "fix", "--store", synced, "--rule", "title.too_long")
    assert done.json["changed"] == 1 and done.json["change"]
    listed = cli("--json", "list", "--store", synced, "--where", "finding = title.too_long")
    assert listed.json["listings"] == []
    cli("undo")
    listed = cli("--json", "list", "--store", synced, "--where", 'finding = "Title too long"')
    assert [one["id"] for one in listed.json["listings"]] == [first["id"]]

    refused = cli("fix", "--store", synced, "--rule", "title.missing")
    assert refused.code == 2 and "title.too_long" in refused.err + refused.out


def test_words_from_a_sheet_hold_at_once(cli, synced, tmp_path: Path):
    listings = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"]
    word = max(listings[0]["title"].split(), key=len)
    sheet = tmp_path / "feedback.csv"
    sheet.write_text(f"Word,Severity,Date\n{word},block,2026-05-03\nFoo,nonsense,\n", "utf-8")
    dry = cli("--json", "words", "import", sheet, "--list", "brands", "--dry-run")
    assert (dry.code, dry.json["new"], dry.json["rechecked"]) == (1, 1, 0)
    said = cli("--json", "words", "import", sheet, "--list", "brand names")
    assert (said.code, said.json["new"]) == (1, 1) and said.json["rechecked"] >= 1
    assert [(one["row"], one["column"], one["code"]) for one in said.json["errors"]] == [(3, "B", "severity")]
    found = cli("--json", "list", "--store", synced, "--where", "finding = word.licence").json["listings"]
    assert listings[0]["id"] in [one["id"] for one in found]
    tried = cli("--json", "words", "try", f"{word.upper()}s", "--store", synced).json["matches"]
    assert [(one["word"], one["severity"]) for one in tried] == [(word, "block")]

    out = tmp_path / "brands.xlsx"
    count = cli("--json", "words", "export", "--list", "brands", "--out", out).json["words"]
    assert cli("--json", "words", "import", out, "--list", "brands").json["unchanged"] == count
    assert cli("--json", "words", "remove", word, "--list", "brands").json["removed"] == 1
    assert cli("words", "try", word).out.strip() == "No listed word in it."
    assert cli("--json", "words", "add", "Quux", "--list", "brands", "--severity", "warn").json["added"] == 1
    made = cli("--json", "words", "import", sheet, "--list", "Team", "--kind", "forbidden").json
    assert made["new"] == 1
    lists = {one["key"]: one for one in cli("--json", "words", "list").json["lists"]}
    assert lists["own-team"]["words"] == 1 and lists["brands"]["kind"] == "brand"
    assert cli("words", "list", "--list", "nowhere").code == 2
    assert cli("words", "import", sheet, "--list", "x", "--kind", "odd").code == 2
    assert cli("words", "export", "--list", "brands", "--out", tmp_path / "a.pdf").code == 2


def test_a_licence_of_one_store_holds_there_alone(cli, market, synced, other_secrets, tmp_path: Path):
    added = cli("store", "add", "Amber", "--gateway", market["gateway"], "--secrets", "-", stdin=other_secrets)
    assert added.code == 0, added.err
    first = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    where = f'title = "{first["title"]}"'
    cli("--json", "edit", "--store", synced, "--set", 'title="Nike bag for the road"', "--where", where)

    def held() -> set[str]:
        findings = cli("--json", "check", "--store", synced).json["findings"]
        return {one["code"] for one in findings if one["id"] == first["id"] and "Nike" in one["message"]}

    def tried(store: str) -> list[str]:
        return [one["severity"] for one in cli("--json", "words", "try", "nike bag", "--store", store).json["matches"]]

    assert held() == {"word.licence"}
    licence = ("words", "add", "Nike", "--list", "brands", "--severity", "allow")
    assert cli("--json", *licence, "--store", "Amber").json["added"] == 1
    assert (held(), tried(synced), tried("Amber")) == ({"word.licence"}, ["hold"], [])
    assert cli("--json", *licence, "--store", synced).json["added"] == 1
    assert (held(), tried(synced), tried("Amber")) == (set(), [], [])
    gone = cli("--json", "words", "remove", "Nike", "--list", "brands", "--store", synced)
    assert gone.json["removed"] == 1 and (held(), tried("Amber")) == ({"word.licence"}, [])
    assert cli("--json", "words", "remove", "Nike", "--list", "brands").json["removed"] == 1
    assert tried("Amber") == ["hold"], "the shipped one stays"

    sheet = tmp_path / "categories.csv"
    sheet.write_text("Word,Severity,Categories\nNike,allow,999999\n", "utf-8")
    refused = cli("words", "import", sheet, "--list", "brands")
    assert refused.code == 1 and "999999" in refused.out and "Row 2, column C" in refused.out
    assert held() == {"word.licence"}
