"""Listings of every shape, for tests that must hold for all of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from app.services.marketplace.port import AttributeContent, ListingContent, SkuContent, SkuProperty
from app.services.regional_prices import RegionalPrices

IDS = st.integers(1, 2**63 - 1).map(str)
"""Ids as large as the platform allows, far beyond 2^53 (protocol reference 5.0)."""

contents = st.builds(
    ListingContent,
    regional_prices=st.just(RegionalPrices()),
    title=st.text(min_size=1, max_size=128),
    category_id=st.integers(1, 2**62).map(str),
    detail_html=st.text(max_size=200),
    images=st.lists(st.from_regex(r"\Ahttps://ae01\.alicdn\.com/kf/[0-9A-Za-z]{1,12}\.jpg\Z"), max_size=6).map(tuple),
    skus=st.lists(
        st.builds(
            SkuContent,
            code=st.text(max_size=20),
            price_minor=st.integers(1, 10_000_000),
            stock=st.none() | st.integers(0, 999_999),
            properties=st.lists(
                st.builds(
                    SkuProperty,
                    name_id=IDS,
                    value_id=IDS,
                    custom_name=st.text(max_size=20),
                ),
                max_size=3,
            ).map(tuple),
            barcode=st.text(max_size=13),
        ),
        max_size=4,
    ).map(tuple),
    freight_template_id=st.integers(-(2**63), 2**63 - 1).map(str),
    handling_days=st.none() | st.integers(1, 60),
    unit_id=IDS,
    weight_g=st.none() | st.integers(1, 500_000),
    length_cm=st.integers(1, 700),
    width_cm=st.integers(1, 700),
    height_cm=st.integers(1, 700),
    lot_size=st.integers(1, 1000),
    group_id=st.just("") | IDS,
    attributes=st.lists(
        st.builds(
            AttributeContent,
            name_id=st.just("") | IDS,
            value_id=st.just("") | IDS,
            name=st.text(max_size=10),
            value=st.text(max_size=10),
        ),
        max_size=3,
    ).map(tuple),
    currency=st.sampled_from(["USD", "EUR", "RUB", "CNY"]),
    language=st.sampled_from(["en", "ru", "es"]),
)
solution_contents = contents.map(lambda content: replace(content, lot_size=1, currency="USD"))
"""What the solution family has fields for."""
