"""Colours derived from themes can be read."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from athena_tui.tui.palette import CONTRAST, Palette, contrast, without_hue

COLOURED = ("accent", "heading", "success", "warning", "error", "user_gutter")


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_coloured_words_can_be_read_in_every_theme(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = theme.to_color_system().generate()
    palette = Palette.from_theme(variables, dark=theme.dark)
    ground = Color.parse(variables["background"])
    best = contrast(Color.parse(variables["foreground"]), ground)
    for purpose in COLOURED:
        style: Style = getattr(palette, purpose)
        assert style.color is not None
        assert contrast(Color.from_rich_color(style.color), ground) >= min(CONTRAST, best) - 0.1


def test_without_colours_there_are_none() -> None:
    palette = Palette.from_theme({}, no_color=True)
    styles = [getattr(palette, field.name) for field in fields(palette)]
    assert all(style.color is None and style.bgcolor is None for style in styles if isinstance(style, Style))


def test_with_sixteen_colours_there_are_no_others() -> None:
    palette = Palette.from_theme({}, ansi=True)
    for field in fields(palette):
        style = getattr(palette, field.name)
        if isinstance(style, Style):
            assert all(colour is None or (colour.number or 0) < 16 for colour in (style.color, style.bgcolor))


def test_what_a_theme_leaves_open_is_filled_in() -> None:
    palette = Palette.from_theme({"accent": "auto 87%", "primary": "ansi_blue"}, dark=False)
    assert palette.accent.color is not None
    assert palette.link.color is not None


def test_without_hue_nothing_is_tinted() -> None:
    grey = without_hue(Style(color="#d6d9de", bgcolor="#101215"))
    for colour in (grey.color, grey.bgcolor):
        assert colour is not None
        assert len(set(colour.get_truecolor())) == 1
    assert without_hue(Style()) == Style()
