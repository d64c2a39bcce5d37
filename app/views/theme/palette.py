"""A theme as a QPalette of all three groups, so that Qt's own drawing agrees with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from app.views.theme.tokens import Tokens, load_tokens

if TYPE_CHECKING:
    from app.views.theme.theme import Theme

Role = QPalette.ColorRole
Group = QPalette.ColorGroup

_ROLES = {
    Role.Window: "window",
    Role.WindowText: "text",
    Role.Base: "surface",
    Role.AlternateBase: "sunken",
    Role.Text: "text",
    Role.PlaceholderText: "text3",
    Role.Button: "raised",
    Role.ButtonText: "text",
    Role.BrightText: "onAccent",
    Role.Highlight: "accent",
    Role.HighlightedText: "onAccent",
    Role.Accent: "accent",
    Role.Link: "accentText",
    Role.LinkVisited: "accentText",
    Role.ToolTipBase: "toast",
    Role.ToolTipText: "onToast",
    Role.Light: "surface",
    Role.Midlight: "line",
    Role.Mid: "line2",
    Role.Dark: "edge",
    Role.Shadow: "edge",
}
_INACTIVE = {Role.Highlight: "selOff", Role.HighlightedText: "text"}
_DISABLED = dict.fromkeys((Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText), "off") | {
    Role.Base: "sunken",
    Role.Button: "sunken",
    Role.Highlight: "selOff",
}


def make_palette(theme: Theme) -> QPalette:
    """Active, Inactive (a selection that lost the window is `selOff`) and Disabled colours of *theme*."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, theme.color(name))
    for group, changed in ((Group.Inactive, _INACTIVE), (Group.Disabled, _DISABLED)):
        for role, name in changed.items():
            palette.setColor(group, role, theme.color(name))
    return palette


def high_contrast_tokens(palette: QPalette) -> Tokens:
    """Our roles filled from the operating system's high-contrast palette; glyphs and words carry the meaning then."""
    base, text = palette.color(Role.Base).name(), palette.color(Role.Text).name()
    chosen, on_chosen = palette.color(Role.Highlight).name(), palette.color(Role.HighlightedText).name()
    light = load_tokens("light")
    colors = {name: base if QColor(value).lightness() > 127 else text for name, value in light.colors.items()}
    colors |= dict.fromkeys(("text", "text2", "text3", "edge", "line", "line2", "chgMark"), text)
    colors |= {"accent": chosen, "accentHover": chosen, "onAccent": on_chosen, "accentText": text}
    colors |= {"off": palette.color(Group.Disabled, Role.Text).name(), "toastAction": base, "onToast": base}
    colors |= {"scrim": light.colors["scrim"], "veil": "#A6" + base[1:], "shadow": "#00000000"}
    tones = {name: type(tone)(text, base) for name, tone in light.tones.items()}
    return Tokens("system", colors, tones, light.stores)
