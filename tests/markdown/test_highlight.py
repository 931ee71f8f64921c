"""Code is coloured line by line as it would be at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from athena_tui.tui.markdown.highlight import LINE_REACH, Highlighter
from athena_tui.tui.palette import Palette
from tests.markdown.samples import PALETTE

CODE = {
    "python": 'def f(x: int) -> str:\n    s = """multi # no\n  # comment\n    """  # yes\n    return f"{x!r}"\n',
    "javascript": "/* a\n * b */\nconst x = `t ${a} \n more`; // c\n",
    "c": "/* a\n b */ int main(void) { return sizeof(size_t); }\n",
    "go": "/* a\n b */\nvar s = `raw\n// raw` // c\n",
    "rust": "/* a /* b */\n c */ fn main() {}\n",
    "html": "<!-- a\n b --><script>\nlet a = 1;\nlet b = 2;\n</script><p class='x'>y</p>\n",
    "yaml": "a: 1\nb:\n  - c: 'd' # e\n",
    "css": "/* a\n b */ a { color: red }\n",
    "elixir": "defmodule A do\n  def f(x), do: x\nend\n",
    "json": '{"a": [1,\n true]}\n',
}


def styled(highlighter: Highlighter, line: str) -> list[tuple[str, Style]]:
    return [(char, style) for text, style in highlighter.line(line) for char in text if not char.isspace()]


def colours(language: str, palette: Palette = PALETTE) -> dict[str, set[str]]:
    """The colours every word was given."""
    highlighter = Highlighter(language, palette)
    found: dict[str, set[str]] = {}
    for line in CODE[language].splitlines():
        for text, style in highlighter.line(line):
            for word in text.split():
                found.setdefault(word, set()).add(str(style.color))
    return found


@pytest.mark.parametrize("language", CODE)
def test_every_character_is_kept(language: str) -> None:
    highlighter = Highlighter(language, PALETTE)
    for line in CODE[language].splitlines():
        assert "".join(text for text, _ in highlighter.draft(line)) == line
        assert "".join(text for text, _ in highlighter.line(line)) == line


@given(
    st.sampled_from(
        ["python", "js", "c++", "html", "yaml", "bash", "sql", "ruby", "php", "markdown", "console", "diff"]
    ),
    st.lists(st.text(alphabet="ab \t\"'`/*<>!-{}[]()#$\\:=|&;%@~.,\u4e16\u0301", max_size=40), max_size=8),
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_kept(language: str, lines: list[str]) -> None:
    highlighter = Highlighter(language, PALETTE)
    for line in lines:
        for end in range(0, len(line), 7):
            assert "".join(text for text, _ in highlighter.draft(line[:end])) == line[:end]
        assert "".join(text for text, _ in highlighter.line(line)) == line


@pytest.mark.parametrize("language", CODE)
def test_a_draft_leaves_no_trace(language: str) -> None:
    plain, drafted = Highlighter(language, PALETTE), Highlighter(language, PALETTE)
    for line in CODE[language].splitlines():
        for end in range(len(line) + 1):
            drafted.draft(line[:end])
        assert styled(drafted, line) == styled(plain, line)


@pytest.mark.parametrize("language", ["python", "javascript", "c", "go", "rust", "css"])
def test_state_is_carried_over_lines(language: str) -> None:
    highlighter = Highlighter(language, PALETTE)
    lines = CODE[language].splitlines()
    first = 1 if language == "python" else 0
    for line in lines[:first]:
        highlighter.line(line)
    opened = highlighter.line(lines[first])[-1][1]
    assert styled(highlighter, lines[first + 1])[0][1] == opened


def test_words_that_are_looked_up_later_are_found() -> None:
    assert colours("elixir")["defmodule"] != colours("elixir")["A"]


def test_a_script_stays_a_script() -> None:
    assert len(colours("html")["let"]) == 1


@pytest.mark.parametrize("language", ["", "text", "no-such-language", "none"])
def test_unknown_languages_are_plain(language: str) -> None:
    assert Highlighter(language, PALETTE).line("if x: # y") == [("if x: # y", PALETTE.text + PALETTE.code_block)]


def test_no_colours_where_none_are_wanted() -> None:
    palette = replace(PALETTE, code_theme="none")
    assert len(Highlighter("python", palette).line("if x: # y")) == 1


@pytest.mark.parametrize("theme", ["ansi", "monokai", "default"])
def test_themes_colour_without_a_background(theme: str) -> None:
    pieces = Highlighter("python", replace(PALETTE, code_theme=theme)).line("if x: # y")
    assert len({style.color for _, style in pieces}) > 1
    assert all(style.bgcolor is None for _, style in pieces)


def test_the_end_of_a_very_long_line_is_plain() -> None:
    pieces = Highlighter("python", PALETTE).line("x = 1; " * LINE_REACH)
    assert "".join(text for text, _ in pieces) == "x = 1; " * LINE_REACH
    assert len(pieces[-1][0]) == 6 * LINE_REACH
