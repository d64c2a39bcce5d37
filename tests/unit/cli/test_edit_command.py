"""`edit`: several settings, a condition, a dry run, errors with their place."""

from __future__ import annotations

import pytest

from app.services.application import Application


def prices(cli, store):
    listings = cli("--json", "list", "--store", store).json["listings"]
    return {(one["id"], sku["code"]): sku["price"] for one in listings for sku in one["skus"]}


def titles(cli, store):
    return {one["id"]: one["title"] for one in cli("--json", "list", "--store", store).json["listings"]}


def test_prices_change_by_a_formula_and_come_back(cli, synced):
    before = prices(cli, synced)
    said = cli("--json", "edit", "--store", synced, "--set", "price=price + 1", "--where", "status = live")
    assert said.code == 0
    assert {"matched", "changed", "refused", "change"} <= set(said.json)
    assert said.json["matched"] == said.json["changed"] > 0 and said.json["refused"] == 0
    after = prices(cli, synced)
    moved = {key for key in before if before[key] != after[key]}
    assert len(moved) == said.json["cells"]["price_minor"] < len(before)
    assert all(round(float(after[key]) - float(before[key]), 2) == 1 for key in moved)
    undone = cli("--json", "undo", said.json["change"])
    assert undone.json["restored"] == said.json["changed"]
    assert prices(cli, synced) == before


def test_variants_that_are_picked_change_alone(cli, synced):
    before = prices(cli, synced)
    some = sorted(code for _, code in before)[1]
    where = f'status = live and sku ~ "{some}"'
    said = cli("--json", "edit", "--store", synced, "--variants", "--set", "price=price * 2", "--where", where)
    after = prices(cli, synced)
    moved = {key for key in before if before[key] != after[key]}
    assert said.code == 0 and moved and all(some in code for _, code in moved)
    assert said.json["cells"]["price_minor"] == len(moved)
    assert said.json["matched"] == len({listing for listing, _ in moved})
    whole = cli("--json", "edit", "--store", synced, "--set", "price=price * 2", "--where", where, "--dry-run")
    assert whole.json["cells"]["price_minor"] > said.json["cells"]["price_minor"]  # their siblings, too
    assert cli("edit", "--store", synced, "--variants", "--from-sheet", "x.xlsx").code == 2


def test_a_dry_run_tells_and_stores_nothing(cli, synced):
    before = prices(cli, synced)
    said = cli("--json", "edit", "--store", synced, "--set", "stock=0", "--set", "price=price * 2", "--dry-run")
    assert said.json["change"] is None and said.json["changed"] > 0
    assert {"stock.none"} <= {one["code"] for one in said.json["findings"]}
    assert prices(cli, synced) == before
    said = cli("edit", "--store", synced, "--set", "stock=0", "--dry-run")
    assert any(line.startswith("Blocked · ") and "(stock.none)" in line for line in said.out.splitlines())
    said = cli("edit", "--store", synced, "--set", "price=price * 2", "--dry-run")
    assert "→" in said.out and "nothing was stored" in said.out


def test_a_value_of_the_listing_stands_behind_its_title(cli, synced):
    title = next(iter(titles(cli, synced).values()))
    said = cli("edit", "--store", synced, "--set", "lot=3", "--where", f'title ~ "{title}"', "--dry-run")
    assert said.out.startswith(title[:40])
    said = cli(
        *("edit", "--store", synced, "--set", f"title={title} and a rather long ending of it", "--where"),
        *(f'title ~ "{title}"', "--dry-run"),
    )
    assert said.out.splitlines()[0].endswith("ending of it")  # what differs is seen, however long the rest is


def test_a_wrong_kind_of_warehouse_is_told_which_there_are(cli, synced):
    said = cli("edit", "--store", synced, "--set", "warehouse_kind=virtul", "--dry-run")
    assert said.code == 2
    assert "virtul" in said.err and "real, virtual" in said.err


def test_texts_and_names_are_set_in_one_change(cli, synced):
    listing = cli("--json", "list", "--store", synced, "--where", "status = live", "--limit", "1").json["listings"][0]
    word = listing["title"].split()[0]
    where = f'title ~ "{listing["title"]}"'
    settings = (
        f'title=replace("{word}", "Shiny")',
        f"freight_template={listing['freight_template_name']}",
        "keywords=a",
    )
    arguments = [part for setting in settings for part in ("--set", setting)]
    said = cli("--json", "edit", "--store", synced, *arguments, "--where", where)
    assert said.json["changed"] == 1
    assert titles(cli, synced)[listing["id"]].startswith("Shiny")
    assert "Bulk edit of 1 listing" in cli("history").out
    assert cli("undo").code == 0
    assert titles(cli, synced)[listing["id"]] == listing["title"]


def test_a_preview_shows_names_and_no_ids(cli, synced):
    listing = cli("--json", "list", "--store", synced, "--limit", "1").json["listings"][0]
    where = ("--where", f"product_id = {listing['product_id']}")
    said = cli("edit", "--store", synced, *where, "--set", "freight_template=", "--set", "unit=pair", "--dry-run")
    assert said.code == 0
    assert listing["freight_template_name"] in said.out and listing["freight_template"] not in said.out
    assert "pair" in said.out and "100000013" not in said.out


def test_refused_rows_are_counted_by_reason(cli, synced):
    said = cli("--json", "edit", "--store", synced, "--set", "price=1 / (price - price)")
    assert said.code == 1 and said.json["change"] is None
    assert said.json["refused"] == said.json["matched"] and list(said.json["reasons"]) == ["division_by_zero"]
    told = cli("edit", "--store", synced, "--set", "price=1 / (price - price)").out
    assert "The formula divides by 0" in told
    assert "Nothing was changed" in told and "undo" not in told, "an undo would take back something else"


@pytest.mark.parametrize(
    ("setting", "code", "told"),
    [
        ("price", "bulk_edit.bad_setting", "character 1"),
        ("price=price * (2 +", "formula.ended", "13"),
        ("price=costs * 2", "formula.did_you_mean", "Did you mean cost"),
        ("price=colour * 2", "formula.unknown_name", "colour"),
        ('title=replace("a" "b")', "bulk_edit.bad_setting", "character 19"),
        ('title=replace("a")', "bulk_edit.bad_setting", "character 18"),
        ('title="a" b', "bulk_edit.bad_setting", "character 11"),
        ('title=add("a")', "bulk_edit.not_for_field", "add()"),
        ('title=regex("(a+)+", "")', "bulk_edit.slow_pattern", "repeat"),
        ('title=regex("(a", "")', "bulk_edit.bad_pattern", "character 1"),
        ("group=No such group", "bulk_edit.unknown_value", "No such group"),
        ("colour=red", "bulk_edit.unknown_field", "price"),
    ],
)
def test_what_cannot_be_read_says_where(cli, synced, setting, code, told):
    said = cli("--json", "edit", "--store", synced, "--set", setting)
    assert said.code == 2 and said.json["error"]["code"] == code
    assert told in said.json["error"]["message"]


def test_a_condition_nothing_fits_changes_nothing(cli, synced):
    said = cli("--json", "edit", "--store", synced, "--set", "stock=1", "--where", "price > 90000")
    assert (said.code, said.json["matched"], said.json["changed"], said.json["change"]) == (0, 0, 0, None)


def test_tags_are_given_and_filtered_by(cli, synced):
    said = cli("--json", "edit", "--store", synced, "--set", 'tags=add("check  again")', "--where", "status = live")
    assert said.json["changed"] > 0
    assert (
        len(cli("--json", "list", "--store", synced, "--where", 'tag = "check again"').json["listings"])
        == (said.json["changed"])
    )
    assert cli("--json", "edit", "--store", synced, "--set", "tags=red").code == 2


def test_a_recipe_is_kept_used_shared_and_removed(cli, synced, tmp_path):
    kept = cli("--json", "recipe", "keep", "Dearer", "--store", synced, "--set", "price=price + 1; most=5")
    assert kept.code == 0 and kept.json["recipe"] == "Dearer"
    assert "Dearer" in cli("recipe", "list").out and "Price" in cli("recipe", "list").out
    before = prices(cli, synced)
    arguments = ("--store", synced, "--recipe", "dearer", "--set", "stock=7")
    said = cli("--json", "edit", *arguments)
    assert said.json["reasons"].keys() == {"above_most"} and said.json["cells"].keys() == {"price_minor", "stock"}
    after = prices(cli, synced)
    assert all(float(after[key]) <= 5 for key in after if after[key] != before[key])
    file = tmp_path / "recipes.json"
    assert cli("--json", "recipe", "export", "Dearer", "--out", str(file)).json["recipes"] == ["Dearer"]
    assert cli("--json", "recipe", "remove", "Dearer").json["recipe"] == "Dearer"
    assert cli("--json", "recipe", "list").json["recipes"] == []
    said = cli("--json", "edit", "--store", synced, "--recipe", "Dearer")
    assert (said.code, said.json["error"]["code"]) == (2, "recipe.no_such_recipe")
    assert cli("--json", "recipe", "import", str(file)).json["recipes"] == ["Dearer"]
    assert [one["name"] for one in cli("--json", "recipe", "list").json["recipes"]] == ["Dearer"]
    assert cli("edit", "--store", synced).code == 2


def test_pictures_and_attributes_are_edited_by_what_is_typed(cli, synced):
    url = "https://pictures.example.com/new.jpg"
    arguments = ("--set", f'images=add_first("{url}")', "--set", 'attributes=set("Colour of lid", "Red")')
    said = cli("--json", "edit", "--store", synced, *arguments, "--where", "status = live")
    assert said.json["cells"] == {"images": said.json["changed"], "attributes": said.json["changed"]}
    listings = cli("--json", "list", "--store", synced, "--where", "status = live").json["listings"]
    assert all(one["images"][0] == url for one in listings)
    said = cli("--json", "edit", "--store", synced, "--set", "images=remove(1)", "--where", "status = live")
    listings = cli("--json", "list", "--store", synced, "--where", "status = live").json["listings"]
    assert listings and all(url not in one["images"] for one in listings)


def test_prices_by_country_are_set_told_refused_and_come_back(cli, synced):
    setting = 'regional=percent(-10, "RU GB")'
    said = cli("--json", "edit", "--store", synced, "--set", setting, "--where", "status = live")
    assert said.code == 0 and said.json["changed"] == said.json["cells"]["regional_prices"] > 0
    shown = cli("edit", "--store", synced, "--set", "regional=clear()", "--where", "status = live", "--dry-run")
    assert "RU −10%, UK −10%" in " ".join(shown.out.split())
    other = cli("--json", "edit", "--store", synced, "--set", 'regional=plus(-1, "ES")', "--where", "status = live")
    assert other.json["changed"] == 0 and list(other.json["reasons"]) == ["regional_type"]
    dry = ("--where", "status = live", "--dry-run", "--set")
    low = cli("--json", "edit", "--store", synced, *dry, "regional=clear()", "--set", 'regional=price(0.01, "ES")')
    assert "regional.too_low" in {one["code"] for one in low.json["findings"]}
    assert cli("edit", "--store", synced, *dry, 'regional=percent(-31, "RU")').code == 2
    assert cli("undo", said.json["change"]).code == 0


def test_a_service_template_is_set_by_its_name(cli, synced, own_data_folder):
    with Application(own_data_folder) as app, app.db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO service_template (store_id, template_id, name, synced_ms) "
            "SELECT id, '520202', 'Standard Warranty', 1 FROM store"
        )
        new = connection.exec_driver_sql("UPDATE listing SET product_id = NULL WHERE id = 1 RETURNING id").scalar_one()
    said = cli("edit", "--store", synced, "--set", "service_template=standard warranty", "--dry-run")
    assert "Standard Warranty" in said.out
    said = cli("--json", "edit", "--store", synced, "--set", 'service_template="Standard Warranty"')
    assert said.json["changed"] == said.json["cells"]["service_template_id"] == 1
    assert said.json["refused"] == said.json["matched"] - 1, "what is published keeps what it was created with"
    found = cli("--json", "list", "--store", synced, "--where", 'service_template = "Standard Warranty"')
    (one,) = found.json["listings"]
    told = (one["id"], one["service_template"], one["service_template_name"])
    assert told == (new, "520202", "Standard Warranty")
    assert cli("edit", "--store", synced, "--set", "service_template=Beginner").code == 2
    assert cli("--json", "undo", "--field", "service_template_id").json["restored"] == 1
    assert cli("--json", "list", "--store", synced, "--where", "service_template is missing").json["listings"]
