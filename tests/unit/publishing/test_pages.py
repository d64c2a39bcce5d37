"""A page counts as the one that was sent where it differs by nothing but what the platform takes out."""

from __future__ import annotations

import pytest

from app.services.publishing.pages import is_same_page

OWN = "https://ae01.alicdn.com/kf/a.jpg"
SENT = (
    f'<p style="color:red">Warm&nbsp;light</p><img src="{OWN}"><img src="https://elsewhere.example/b.jpg">'
    '<script>track()</script><a href="https://elsewhere.example/">see</a><pre>as it is</pre>'
)


def test_what_the_platform_takes_out_makes_no_difference() -> None:
    there = f"<p style='color:red'>Warm&#160;light</p>\n<img src='{OWN}'><a>see</a>as it is"
    assert is_same_page(SENT, there)
    assert is_same_page("", "") and is_same_page(SENT, SENT)


@pytest.mark.parametrize(
    "there",
    [
        SENT.replace("Warm", "Cold"),
        SENT.replace("color:red", "color:blue"),
        SENT.replace("<p", "<h1").replace("</p", "</h1"),
        SENT.replace(OWN, OWN.replace("a.jpg", "c.jpg")),
        SENT.replace(f'<img src="{OWN}">', ""),
        SENT + f'<img src="{OWN}">',
        "",
    ],
)
def test_whatever_a_buyer_sees_does(there: str) -> None:
    assert not is_same_page(SENT, there)
    assert not is_same_page(there, SENT)


def test_pictures_of_the_photobank_count_wherever_it_is() -> None:
    own = "http://127.0.0.1:8900/kf/a.jpg"
    sent, there = f"<p>x</p><img src='{own}'>", "<p>x</p>"
    assert is_same_page(sent, there)
    assert not is_same_page(sent, there, [own.replace("a.jpg", "main.jpg")])
