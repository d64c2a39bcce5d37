"""Filters kept under a name, whatever the file holds."""

from __future__ import annotations

import pytest

from app.services.kept_filters import KeptFilters, NoSuchFilter
from app.services.paging import Filter

ONE = {"text": "灯", "filters": [["status", "in", ["live", "draft"]]]}


def test_pages_keep_their_own(tmp_path):
    kept = KeptFilters(tmp_path / "data")
    kept.put("listings", {"A": ONE})
    kept.put("orders", {"B": {"text": "", "filters": []}})
    assert kept.get("listings", " a ") == ("灯", (Filter("status", "in", ("live", "draft")),))
    assert kept.get("orders", "B") == ("", ())
    assert [path.name for path in kept.path.parent.iterdir()] == ["filters.json"]


def test_an_unknown_name_lists_those_there_are(tmp_path):
    kept = KeptFilters(tmp_path)
    kept.put("listings", {"A": ONE, "B": ONE})
    with pytest.raises(NoSuchFilter) as caught:
        kept.get("listings", "C")
    assert caught.value.params == {"name": "C", "known": "A, B"}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"listings": 3}', '{"listings": {"A": 1}}', '{"listings": {"A": {}}}', "\xff"]
)
def test_a_damaged_file_is_no_filter(tmp_path, text):
    kept = KeptFilters(tmp_path)
    kept.path.write_bytes(text.encode("latin-1"))
    with pytest.raises(NoSuchFilter):
        kept.get("listings", "A")
    kept.put("listings", {"A": ONE})
    assert kept.get("listings", "A")[0] == "灯"
