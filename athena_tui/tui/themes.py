"""Our own two themes: one accent, one neutral ramp, and a colour each for success, warning and error."""

from __future__ import annotations

from collections.abc import Container

from textual.theme import Theme

DARK = Theme(
    name="athena-dark",
    dark=True,
    primary="#6cc5bd",
    secondary="#8fa3b8",
    accent="#6cc5bd",
    foreground="#d6d9de",
    background="#101215",
    surface="#171a1e",
    panel="#20242a",
    success="#8fc98a",
    warning="#e3b566",
    error="#ee7f86",
    luminosity_spread=0.12,
    text_alpha=0.95,
    variables={
        "border": "#31373f",
        "border-blurred": "#23282e",
        "block-cursor-background": "#24393a",
        "block-cursor-foreground": "#e7f4f2",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#1f2429",
        "block-cursor-blurred-foreground": "#d6d9de",
        "input-cursor-background": "#6cc5bd",
        "input-cursor-foreground": "#101215",
        "input-selection-background": "#6cc5bd 30%",
        "scrollbar": "#2a2f36",
        "scrollbar-hover": "#3a414a",
        "scrollbar-active": "#6cc5bd",
        "scrollbar-background": "#101215",
        "scrollbar-background-hover": "#101215",
        "scrollbar-background-active": "#101215",
        "scrollbar-corner-color": "#101215",
    },
)

LIGHT = Theme(
    name="athena-light",
    dark=False,
    primary="#0b6f69",
    secondary="#52606d",
    accent="#0b6f69",
    foreground="#23272c",
    background="#fbfaf7",
    surface="#f2f1ec",
    panel="#e7e5de",
    success="#2d7a3a",
    warning="#8a5a00",
    error="#b3303b",
    luminosity_spread=0.1,
    text_alpha=0.95,
    variables={
        "border": "#c9c6bc",
        "border-blurred": "#dedbd2",
        "block-cursor-background": "#d3e7e4",
        "block-cursor-foreground": "#12302e",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e4e2da",
        "block-cursor-blurred-foreground": "#23272c",
        "input-cursor-background": "#0b6f69",
        "input-cursor-foreground": "#fbfaf7",
        "input-selection-background": "#0b6f69 25%",
        "scrollbar": "#d5d2c8",
        "scrollbar-hover": "#bcb8ad",
        "scrollbar-active": "#0b6f69",
        "scrollbar-background": "#fbfaf7",
        "scrollbar-background-hover": "#fbfaf7",
        "scrollbar-background-active": "#fbfaf7",
        "scrollbar-corner-color": "#fbfaf7",
    },
)

THEMES = (DARK, LIGHT)


def theme_name(wanted: str, available: Container[str], color_system: str | None) -> str:
    """The theme to use: where there are only sixteen colours, the terminal's own instead of ours.

    Args:
        wanted: What the user chose.
        available: The names there are.
        color_system: What the terminal can show, as rich names it.
    """
    if color_system == "standard" and wanted in {DARK.name, LIGHT.name}:
        wanted = "ansi-dark" if wanted == DARK.name else "ansi-light"
    return wanted if wanted in available else DARK.name
