"""Six text roles in two weights, in pixels, so that text scales with the window (interface.md 3)."""

from __future__ import annotations

from PySide6.QtGui import QFont

FAMILIES = ["Segoe UI", "Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei"]
BODY_PX = 13
BODY_RANGE = range(12, 17)
ROLE_PX = {"display": 24, "figure": 19, "title": 15, "body": 13, "small": 12, "micro": 11}


def make_font(role: str, *, strong: bool = False, body_px: int = BODY_PX) -> QFont:
    """Font of *role* in weight 400, or 600 when *strong*; all roles grow with the body size of the settings.

    Raises:
        KeyError: no such role.
    """
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(ROLE_PX[role] + body_px - BODY_PX)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width; without effect where the font has none
    return font
