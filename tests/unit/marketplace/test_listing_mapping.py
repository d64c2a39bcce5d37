"""Listings between the platform's records and ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.mapping.feed_listing import write_feed_listing
from app.services.marketplace.aliexpress.mapping.listing import (
    ATTRIBUTES,
    READ_AS,
    SKUS,
    language_of,
    locale_of,
    read_content,
    read_listing,
    read_summary,
    status_of,
    write_listing,
)
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.modules import detail_of, html_modules, html_of
from app.services.marketplace.aliexpress.mapping.solution import write_solution
from app.services.marketplace.aliexpress.mapping.table import Misspelt
from app.services.marketplace.port import (
    AttributeContent,
    ListingContent,
    Refused,
    RemoteStatus,
    SkuContent,
    SkuProperty,
)
from app.services.regional_prices import RegionalPrices
from tests.unit.marketplace.strategies import contents
from tests.unit.marketplace.stub import content, sample
from tests.unit.marketplace.test_feed_listing import ATTRIBUTES as CATEGORY


def recorded() -> dict[str, Any]:
    """The recorded detail as the offer method would have it."""
    record = sample("product-info-get")["aliexpress_solution_product_info_get_response"]["result"]
    record["subject_list"] = {
        "subject": [
            {"locale": entry["locale"], "value": entry["subject"]}
            for entry in record.pop("multi_language_subject_list")["global_subject"]
        ]
    }
    record["detail_source_list"] = {
        "detail_source": record.pop("multi_language_description_list")["global_description"]
    }
    return record


def as_read(sent: dict[str, Any], product_id: int = 1005001234560001) -> dict[str, Any]:
    """What the platform answers for a record that was sent."""
    record = {**sent, "product_id": product_id, "product_status_type": "auditing"}
    written = READ_AS.items()
    record[SKUS] = [
        {answer: sku[request] for request, answer in written if request in sku}
        | {name: value for name, value in sku.items() if name not in READ_AS}
        for sku in sent[SKUS]
    ]
    return record


def test_the_recorded_detail_is_read() -> None:
    listing = read_listing(plain_lists(recorded()))

    assert (listing.product_id, listing.status) == ("1005001234560001", RemoteStatus.ON_SALE)
    assert listing.created_at == datetime(2023, 7, 22, 12, 17, 24, tzinfo=UTC)
    black = SkuProperty("14", "193", "Night", "https://ae01.alicdn.com/kf/Hsku193.jpg")
    assert listing.content == ListingContent(
        regional_prices=RegionalPrices(),
        title="Ceramic mug 350 ml",
        category_id="200000346",
        detail_html="<p>Mug</p>",
        images=("https://ae01.alicdn.com/kf/Ha.jpg", "https://ae01.alicdn.com/kf/Hb.jpg"),
        skus=(
            SkuContent("MUG-BLK-CN", 1100, 120, (black, SkuProperty("200007763", "201336100"))),
            SkuContent("MUG-BLK-ES", 1250, 35, (black, SkuProperty("200007763", "201336104"))),
        ),
        freight_template_id="1234567",
        handling_days=3,
        unit_id="100000015",
        weight_g=420,
        length_cm=15,
        width_cm=12,
        height_cm=12,
        group_id="262007001",
        attributes=(AttributeContent("10", "100006063"), AttributeContent(name="Capacity", value="350 ml")),
    )


def test_wrapped_and_plain_records_read_the_same() -> None:
    wrapped = recorded()

    assert read_content(wrapped) == read_content(plain_lists(wrapped))


def test_plain_lists_reach_unknown_fields_and_spare_objects() -> None:
    wrapped = {"new_list": {"some_dto": [{"inner": {"number": [1, 2]}}]}, "aeop_a_e_multimedia": {"v": {"d": [{}]}}}
    simplified = {"skus": [1], "id": 5, "aeop_a_e_multimedia": {"videos": [{"media_id": 1}]}}

    assert plain_lists(wrapped) == {"new_list": [{"inner": [1, 2]}], "aeop_a_e_multimedia": {"v": [{}]}}
    assert plain_lists(simplified) is simplified


def test_a_listing_is_written_under_the_names_of_requests() -> None:
    sent = write_listing(content(attributes=(AttributeContent("10", "100006063"),), lot_size=5))

    assert sent["subject_list"] == [{"locale": "en_US", "value": "Ceramic mug 350 ml"}]
    assert json.loads(sent["detail_source_list"][0]["web_detail"]) == {
        "version": "2.0.0",
        "moduleList": [{"type": "html", "html": {"content": "<p>Mug</p>"}}],
    }
    assert sent["image_u_r_ls"] == "https://ae01.alicdn.com/kf/Ha.jpg;https://ae01.alicdn.com/kf/Hb.jpg"
    assert (sent["gross_weight"], sent["package_length"], sent["delivery_time"]) == ("0.420", 15, 3)
    assert (sent["freight_template_id"], sent["category_id"]) == (-1700000001, 200000346)
    assert (sent["package_type"], sent["lot_num"]) == (True, 5)
    assert sent["reduce_strategy"] == "place_order_withhold"
    assert sent["aeop_ae_product_propertys"] == [{"attr_name_id": 10, "attr_value_id": 100006063}]
    first = sent[SKUS][0]
    assert (first["sku_price"], first["ipm_sku_stock"], first["sku_code"]) == ("11.00", 120, "MUG-BLK-CN")
    assert first["aeop_s_k_u_property"] == [
        {
            "sku_property_id": 14,
            "property_value_id": 193,
            "property_value_definition_name": "Night",
            "sku_image": "https://ae01.alicdn.com/kf/Hsku193.jpg",
        },
        {"sku_property_id": 200007763, "property_value_id": 201336100},
    ]
    assert not {"group_id", "product_price", "keyword", "product_id"} & set(sent)


def test_a_new_listing_names_its_service_template_in_every_family() -> None:
    """That of our own store, which covering found; without one the platform takes its default."""
    own, usual = content(service_template_id="520202"), content()

    for name, write, sent in (
        ("promise_template_id", write_listing, 520202),
        ("service_policy_id", write_solution, 520202),
        ("service_template_id", lambda wanted: write_feed_listing(wanted, CATEGORY), "520202"),
    ):
        assert write(own) == write(usual) | {name: sent}
        assert str(write(usual)[name]) == "0"


def test_nothing_unknown_is_sent_as_nothing_or_zero() -> None:
    sent = write_listing(content(handling_days=None, weight_g=None, images=(), skus=(SkuContent("A", 100, None),)))

    assert not {"delivery_time", "gross_weight", "image_u_r_ls"} & set(sent)
    assert "ipm_sku_stock" not in sent[SKUS][0]


@given(contents)
def test_what_is_sent_is_read_back_the_same(sent: ListingContent) -> None:
    assert read_content(as_read(write_listing(sent))) == sent


def test_a_price_that_stands_on_the_listing_only_holds_for_its_sku() -> None:
    record = {**recorded(), SKUS: [{"sku_code": "A"}]}

    assert read_content(record).skus == (SkuContent("A", 1100, None),)
    del record["product_price"]
    with pytest.raises(ValueError, match="without price"):
        read_content(record)


def test_missing_numbers_are_unknown_and_not_zero() -> None:
    record = recorded()
    for name in (
        "delivery_time",
        "gross_weight",
        "package_length",
        "lot_num",
        "group_id",
        "group_ids",
        "currency_code",
    ):
        record.pop(name)

    read = read_content(record)

    assert (read.handling_days, read.weight_g, read.length_cm) == (None, None, None)
    assert (read.lot_size, read.group_id, read.currency) == (1, "", "USD")


def test_rows_that_are_nearly_spelt_the_same_stay_what_they_are() -> None:
    """Rows of attributes are remembered: 1 is not "1.0", true is no id, and a refused row is refused again."""
    record = plain_lists(recorded())

    def attribute(**row: Any) -> AttributeContent:
        return read_content(record | {ATTRIBUTES: [row]}).attributes[0]

    for _ in range(2):
        assert attribute(attr_name_id=1, attr_value=1) == AttributeContent("1", "", "", "1")
        assert attribute(attr_name_id=1.0, attr_value=1.0) == AttributeContent("1", "", "", "1.0")
        assert attribute(attr_name_id="1", attr_value=Decimal("1.50")).value == "1.50"
        with pytest.raises(Misspelt):
            attribute(attr_name_id=True, attr_value=1)


def test_a_value_in_no_documented_form_names_its_field() -> None:
    with pytest.raises(Misspelt) as caught:
        read_content({**recorded(), "gross_weight": "heavy"})
    assert caught.value.name == "gross_weight"


def test_the_main_language_decides_which_title_is_ours() -> None:
    russian = read_content({**plain_lists(recorded()), "locale": "ru_RU"})

    assert (russian.title, russian.language) == ("Керамическая кружка 350 мл", "ru")
    only_thai = read_content({**recorded(), "subject_list": [{"locale": "th_TH", "value": "แก้ว"}]})
    assert (only_thai.title, only_thai.language) == ("แก้ว", "th")


def test_the_older_family_has_plain_title_detail_and_keywords() -> None:
    record = recorded()
    del record["subject_list"], record["detail_source_list"]
    old = read_content({**record, "detail": "<p>x</p>", "keyword": "mug", "product_more_keywords2": "cup"})

    assert (old.title, old.detail_html, old.keywords) == ("Ceramic mug 350 ml", "<p>x</p>", ("mug", "cup"))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("onSelling", RemoteStatus.ON_SALE),
        ("auditing", RemoteStatus.IN_REVIEW),
        ("editingRequired", RemoteStatus.REJECTED),
        ("offline", RemoteStatus.OFF_SALE),
        ("service_delete", RemoteStatus.OFF_SALE),
        ("approved", RemoteStatus.ON_SALE),
        ("refuse", RemoteStatus.REJECTED),
    ],
)
def test_states_of_both_vocabularies(word: str, status: RemoteStatus) -> None:
    assert status_of(word) is status


@pytest.mark.parametrize("word", ["sleeping", None, ""])
def test_an_unknown_state_is_not_guessed(word: str | None) -> None:
    with pytest.raises(ValueError, match="unknown state"):
        status_of(word)


def test_locales() -> None:
    assert [locale_of(word) for word in ("en", "ru", "pt", "es_ES")] == ["en_US", "ru_RU", "pt_BR", "es_ES"]
    assert language_of("pt_BR") == "pt"
    with pytest.raises(Refused) as caught:
        locale_of("tlh")
    assert caught.value.field == "language"


def test_a_row_of_the_list() -> None:
    rows = sample("product-list-get")["body"]["aliexpress_solution_product_list_get_response"]["result"]
    row = rows["aeop_a_e_product_display_d_t_o_list"]["item_display_dto"][1]

    summary = read_summary(row, RemoteStatus.OFF_SALE)

    assert (summary.product_id, summary.title) == ("1005001234560002", "Taza de cerámica 300 ml")
    assert (summary.price_min_minor, summary.price_max_minor, summary.currency) == (1869, 1869, "EUR")
    assert (summary.freight_template_id, summary.group_id) == ("-1700000001", "262007001")
    assert len(summary.images) == 2
    assert summary.status is RemoteStatus.OFF_SALE
    assert summary.modified_at == datetime(2023, 8, 13, 18, 25, tzinfo=UTC)


TEXT = {"type": "text", "texts": [{"class": "title", "content": "Hello"}]}
IMAGE = {"type": "image", "images": [{"url": "https://ae01.alicdn.com/kf/H.jpg"}]}


class TestDetailPage:
    def page(self, *modules: dict[str, Any], **more: Any) -> str:
        return json.dumps({"version": "2.0.0", "moduleList": list(modules), **more})

    def html(self, content: str) -> dict[str, Any]:
        return {"type": "html", "html": {"content": content}}

    def test_html_is_read_from_html_modules_only(self) -> None:
        assert html_of(self.page(self.html("<p>a</p>"), TEXT, self.html("<p>b</p>"))) == "<p>a</p><p>b</p>"

    @pytest.mark.parametrize("raw", ["<p>plain</p>", "", '{"not": "modules"}', "[1]", "5"])
    def test_what_is_no_module_text_is_html_itself(self, raw: str) -> None:
        assert html_of(raw) == raw

    def test_unchanged_html_keeps_its_text_to_the_letter(self) -> None:
        before = self.page(self.html("<p>a</p>"), IMAGE)

        assert detail_of("<p>a</p>", before) == before

    def test_changed_html_leaves_modules_of_other_kinds_where_they_are(self) -> None:
        before = self.page(TEXT, self.html("<p>a</p>"), IMAGE, self.html("<p>b</p>"), theme="dark")

        after = json.loads(detail_of("<p>new</p>", before))

        assert after["moduleList"] == [TEXT, self.html("<p>new</p>"), IMAGE]
        assert after["theme"] == "dark"

    def test_html_joins_a_page_without_any(self) -> None:
        after = json.loads(detail_of("<p>new</p>", self.page(IMAGE)))

        assert after["moduleList"] == [self.html("<p>new</p>"), IMAGE]

    @given(st.text())
    def test_any_text_survives(self, html: str) -> None:
        assert html_of(detail_of(html)) == html

    def test_modules_are_counted(self) -> None:
        assert [html_modules(page) for page in (self.page(self.html("a"), TEXT, self.html("b")), "<p>", None)] == [
            2,
            0,
            0,
        ]


def test_the_language_of_a_listing_is_kept_on_the_way_out() -> None:
    sent = write_listing(replace(content(), language="ru", title="Кружка"))

    assert sent["locale"] == "ru_RU"
    assert sent["subject_list"] == [{"locale": "ru_RU", "value": "Кружка"}]
