"""Colours, fonts, sizes and the one style sheet. Code names colours by role; hex stands in `resources/theme/`."""

from app.views.theme.apply import apply_theme, current_theme
from app.views.theme.density import DENSITIES, Density, density
from app.views.theme.theme import Theme
from app.views.theme.tokens import Tokens, load_tokens

__all__ = ["DENSITIES", "Density", "Theme", "Tokens", "apply_theme", "current_theme", "density", "load_tokens"]
