"""The colours and styles of everything drawn line by line, derived from the current theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError

CONTRAST = 4.0
"""What coloured words need to be read: between WCAG's 3 for large text and 4.5 for small."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Foreground styles by purpose; none sets the pane's own background unless it is meant to stand out.

    `code_theme` names a pygments style, or `ansi` where only the terminal's own colours may be used, or `none`
    for no colours at all. `ascii` asks for glyphs that every terminal has.
    """

    text: Style
    dim: Style
    accent: Style
    strong: Style
    emphasis: Style
    strike: Style
    heading: Style
    code: Style
    code_block: Style
    link: Style
    quote: Style
    rule: Style
    success: Style
    warning: Style
    error: Style
    user_gutter: Style
    selection: Style
    search_match: Style
    search_current: Style
    cursor: Style
    code_theme: str = "ansi"
    dark: bool = True
    ascii: bool = False

    @classmethod
    def from_theme(
        cls,
        variables: Mapping[str, str],
        *,
        dark: bool = True,
        ansi: bool = False,
        no_color: bool = False,
        ascii: bool = False,  # noqa: A002 - named as the field it fills
    ) -> Palette:
        """The palette of a theme.

        Args:
            variables: Textual's theme variables (`App.theme_variables`).
            dark: Whether the theme is a dark one.
            ansi: Only the terminal's own sixteen colours may be used.
            no_color: No colours at all; weight, slant and reverse video have to do.
            ascii: Only ASCII glyphs may be used.
        """
        if no_color:
            return _monochrome(dark=dark, ascii_only=ascii)
        if ansi:
            return _ansi(dark=dark, ascii_only=ascii)
        return _truecolor(_Colours(variables, dark=dark), ascii_only=ascii)


def without_hue(style: Style) -> Style:
    """Foreground and background of a style as greys."""
    shades = (
        None if c is None else Color.from_rich_color(c).monochrome.rich_color for c in (style.color, style.bgcolor)
    )
    return Style.from_color(*shades)


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class _Colours:
    """Looks up theme variables and mixes them with the background."""

    def __init__(self, variables: Mapping[str, str], *, dark: bool) -> None:
        self.variables = variables
        self.dark = dark
        self.background = self.get("background", "#121212" if dark else "#f5f5f5")
        self.foreground = self.get("foreground", "#e0e0e0" if dark else "#1f1f1f")

    def get(self, name: str, otherwise: str) -> Color:
        """An opaque colour; what cannot be read as one (`auto 87%`, `ansi_default`) is replaced."""
        try:
            colour = Color.parse(self.variables.get(name, otherwise))
        except ColorParseError:
            colour = Color.parse(otherwise)
        return Color.parse(otherwise) if colour.ansi is not None else colour

    def mixed(self, colour: Color, share: float) -> RichColor:
        """A colour over the background, with this share of it."""
        return self.background.blend(colour, share, alpha=1.0).rich_color

    def readable(self, colour: Color) -> RichColor:
        """A colour, moved towards the foreground until it can be read on the background."""
        for share in range(0, 11, 2):
            mixed = colour.blend(self.foreground, share / 10, alpha=1.0)
            if contrast(mixed, self.background) >= CONTRAST:
                return mixed.rich_color
        return self.foreground.rich_color

    def over_background(self, colour: Color) -> RichColor:
        """A colour as it looks on the background."""
        return self.mixed(colour, colour.a) if colour.a < 1 else colour.rich_color


def _truecolor(colours: _Colours, *, ascii_only: bool) -> Palette:
    dark = colours.dark
    accent = colours.get("accent", "#7aa2f7" if dark else "#2e5cb8")
    primary = colours.get("primary", "#7aa2f7" if dark else "#2e5cb8")
    warning = colours.get("warning", "#e0af68" if dark else "#8f5e15")
    surface = colours.mixed(colours.foreground, 0.06 if dark else 0.05)
    foreground = colours.over_background(colours.foreground)
    dim = colours.mixed(colours.foreground, 0.55 if dark else 0.62)
    faint = colours.mixed(colours.foreground, 0.28)

    def ink(colour: Color, *, bold: bool | None = None) -> Style:
        return Style(color=colours.readable(colour), bold=bold)

    return Palette(
        text=Style(color=foreground),
        dim=Style(color=dim),
        accent=ink(accent),
        strong=Style(color=foreground, bold=True),
        emphasis=Style(color=foreground, italic=True),
        strike=Style(color=dim, strike=True),
        heading=ink(primary, bold=True),
        code=Style(color=colours.readable(accent), bgcolor=surface),
        code_block=Style(color=foreground, bgcolor=surface),
        link=Style(color=colours.readable(primary), underline=True),
        quote=Style(color=dim),
        rule=Style(color=faint),
        success=ink(colours.get("success", "#9ece6a" if dark else "#2f7d32")),
        warning=ink(warning),
        error=ink(colours.get("error", "#f7768e" if dark else "#b3261e")),
        user_gutter=ink(accent, bold=True),
        selection=Style(color=foreground, bgcolor=colours.mixed(primary, 0.35)),
        search_match=Style(color=foreground, bgcolor=colours.mixed(warning, 0.3)),
        search_current=Style(color=colours.background.rich_color, bgcolor=warning.rich_color, bold=True),
        cursor=ink(primary),
        code_theme="github-dark" if dark else "friendly",
        dark=dark,
        ascii=ascii_only,
    )


def _ansi(*, dark: bool, ascii_only: bool) -> Palette:
    plain = Style()
    return Palette(
        text=plain,
        dim=Style(color="bright_black"),
        accent=Style(color="cyan"),
        strong=Style(bold=True),
        emphasis=Style(italic=True),
        strike=Style(strike=True),
        heading=Style(color="blue", bold=True),
        code=Style(color="cyan"),
        code_block=plain,
        link=Style(color="blue", underline=True),
        quote=Style(color="bright_black"),
        rule=Style(color="bright_black"),
        success=Style(color="green"),
        warning=Style(color="yellow"),
        error=Style(color="red"),
        user_gutter=Style(color="cyan", bold=True),
        selection=Style(color="default", bgcolor="default", reverse=True),
        search_match=Style(color="black", bgcolor="yellow"),
        # Where there are only eight grounds, bright yellow is yellow.
        search_current=Style(color="white", bgcolor="magenta", bold=True),
        cursor=Style(color="blue"),
        code_theme="ansi",
        dark=dark,
        ascii=ascii_only,
    )


def _monochrome(*, dark: bool, ascii_only: bool) -> Palette:
    plain, bold, dim = Style(), Style(bold=True), Style(dim=True)
    return Palette(
        text=plain,
        dim=dim,
        accent=bold,
        strong=bold,
        emphasis=Style(italic=True),
        strike=Style(strike=True),
        heading=Style(bold=True, underline=True),
        code=bold,
        code_block=plain,
        link=Style(underline=True),
        quote=dim,
        rule=dim,
        success=plain,
        warning=bold,
        error=bold,
        user_gutter=bold,
        selection=Style(reverse=True),
        search_match=Style(underline=True, bold=True),
        search_current=Style(reverse=True, bold=True, underline=True),
        cursor=bold,
        code_theme="none",
        dark=dark,
        ascii=ascii_only,
    )
