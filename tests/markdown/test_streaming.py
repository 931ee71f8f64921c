"""However a document is cut, it ends as if it had come at once."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown import MarkdownDocument, render_markdown
from athena_tui.tui.markdown.inline import Inline, show_unsafe
from tests.markdown.samples import PALETTE, cuts, documents, inline_text

WIDTHS = st.sampled_from([2, 7, 20, 60])


def drawn(line: Line) -> tuple[object, ...]:
    return list(line.strip), line.text, line.indent, line.join, line.block, line.wide


def stream(chunks: list[str], width: int) -> MarkdownDocument:
    """Feed `chunks`, checking that every line before the one reported as changed is untouched."""
    document = MarkdownDocument(width, PALETTE)
    for chunk in [*chunks, None]:
        before = list(document.lines)
        first = document.settle() if chunk is None else document.append(chunk)
        assert 0 <= first <= len(before)
        assert first <= len(document.lines)
        assert all(old is new for old, new in zip(before[:first], document.lines, strict=False))
        assert_fits(document, width)
    return document


def assert_fits(document: MarkdownDocument, width: int) -> None:
    for line in document.lines:
        cells = sum(cell_len(segment.text) for segment in line.strip)
        assert line.strip.cell_length == cells
        assert line.wide or cells <= width
        assert 0 <= line.indent <= cells


def assert_same(document: MarkdownDocument, whole: MarkdownDocument) -> None:
    assert [drawn(line) for line in document.lines] == [drawn(line) for line in whole.lines]
    assert list(document.code_blocks) == list(whole.code_blocks)


@given(st.data(), documents, WIDTHS)
@settings(max_examples=300, deadline=None)
def test_any_cut_ends_like_the_whole(data: st.DataObject, text: str, width: int) -> None:
    assert_same(stream(data.draw(cuts(text)), width), render_markdown(text, width, PALETTE))


@given(st.data(), st.lists(inline_text, min_size=40, max_size=80).map("".join), WIDTHS)
@settings(max_examples=10, deadline=None)
def test_a_long_paragraph_ends_like_the_whole(data: st.DataObject, text: str, width: int) -> None:
    assert_same(stream(data.draw(cuts(text)), width), render_markdown(text, width, PALETTE))


@given(st.one_of(inline_text, st.text(alphabet="ab *_`~[]()<>!\\&.:/1w世", max_size=80)))
@settings(max_examples=200, deadline=None)
def test_cutting_a_paragraph_changes_nothing(text: str) -> None:
    """What is drawn piece by piece is what the inline grammar makes of the whole."""
    text = show_unsafe(f"w {text}").rstrip("\\ \t")[:200]
    inline = Inline(PALETTE)
    inline.references.complete = True
    whole = [(char, style) for piece, style in inline.parse(text, PALETTE.text) for char in piece if not char.isspace()]
    lines = render_markdown(text, 1000, PALETTE).lines
    assert whole == [
        (char, segment.style)
        for line in lines
        for segment in line.segments
        for char in segment.text
        if not char.isspace()
    ]


@given(documents)
@settings(max_examples=100, deadline=None)
def test_blocks_are_contiguous_and_numbered_upwards(text: str) -> None:
    numbers = [line.block for line in render_markdown(text, 40, PALETTE).lines]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1000,
        "x" * 5000,
        "世" * 5000,
        "👩\u200d👩\u200d👧" * 700,
        "e" + "\u0301" * 5000,
        "*open " * 800,
        "[open " * 800,
        "`open " * 800,
        "**bold text** and `code` then *stray " * 150,
        "[a](" + "u" * 5000,
        "https://" + "u" * 5000 + " end",
        "<http://" + "u" * 5000,
        "*" * 5000,
        "_a" * 2500,
        "\\" * 5000,
        "-" * 5000,
        "=" * 5000,
        "# " + "#" * 5000,
        "# x" + " " * 5000 + "y",
        "|" * 5000,
        "```\n" + "x = [1, 2] " * 500,
        "> " * 2000 + "deep",
        "- " * 2000 + "deep",
        "1. " * 1000 + "deep",
        "[" + "a" * 3000 + "]: http://x.org",
        "[a]: " + "u" * 5000,
        "a\n" * 800 + "===",
        "&amp" * 1000,
        "**" + "bold " * 500 + "**",
        " " * 5000 + "x",
        "|a|b|\n|-|-|\n" + "".join(f"|{'x' * (at % 47)}|{'y' * (at % 61)}|\n" for at in range(150)),
        "> - |a|b|\n>   |-|:-:|\n" + "".join(f">   |{at}|{'y' * at}|\n" for at in range(80)),
        "|" + "header " * 50 + "|b|\n|-|-|\n|x|y|\n",
        "- item\n  ```c\n" + "  /* open\n  x */ int y;\n" * 100,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_long_lines_end_like_the_whole(text: str) -> None:
    cut = random.Random(7)
    chunks = []
    at = 0
    while at < len(text):
        step = cut.choice([1, 3, 40, 400])
        chunks.append(text[at : at + step])
        at += step
    document = MarkdownDocument(60, PALETTE)
    for chunk in chunks:
        document.append(chunk)
    document.settle()
    assert_fits(document, 60)
    assert_same(document, render_markdown(text, 60, PALETTE))


def test_parser_and_lexers_are_loaded_when_needed() -> None:
    check = "import sys, athena_tui.tui.markdown; sys.exit(bool({'markdown_it', 'pygments'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0
