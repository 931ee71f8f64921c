"""What each kind of block looks like, and what is copied of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from athena_tui.tui.markdown import MarkdownDocument, render_markdown
from tests.markdown.samples import PALETTE


def drawn(text: str, width: int = 40) -> list[str]:
    return [line.strip.text for line in render_markdown(text, width, PALETTE).lines]


def copied(text: str, width: int = 40) -> str:
    return "".join(line.text + line.join for line in render_markdown(text, width, PALETTE).lines)


def attributes(text: str) -> dict[str, str]:
    """The style of every run of text."""
    lines = render_markdown(text, 80, PALETTE).lines
    return {segment.text: str(segment.style) for line in lines for segment in line.strip}


GOLDEN = {
    "heading": ("# One\n## Two ##\n### Three\nText", ["One", "", "Two", "", "Three", "", "Text"]),
    "setext heading": ("One\n===\nTwo\nlines\n---\n", ["One", "", "Two lines"]),
    "paragraph": ("a\nb  \nc\\\nd", ["a b", "c", "d"]),
    "marks": ("**a** *b* ~~c~~ `d` ***e*** \\*f\\* &amp;", ["a b c d e *f* &"]),
    "marks by the rule of three": ("**0*0**0*0 0*", ["0*000 0"]),
    "unclosed marks": ("**a *b `c ~~d [e](f", ["**a *b `c ~~d [e](f"]),
    "bullets": ("- a\n* b\n+ c\n+ d", ["• a", "", "• b", "", "• c", "• d"]),
    "numbers": ("3. a\n3. b\n\n7) c", ["3. a", "4. b", "", "7) c"]),
    "nested lists": ("- a\n  1. b\n     - c\n- d", ["• a", "  1. b", "     • c", "• d"]),
    "loose list": ("- a\n\n- b\n\n  more", ["• a", "", "• b", "  ", "  more"]),
    "item after a spaced one": ("- a\n\n  b\n- c\n- d", ["• a", "  ", "  b", "", "• c", "• d"]),
    "wrapped item": ("- " + "word " * 10, ["• word word word word word word word", "  word word word"]),
    "tasks": ("- [ ] a\n- [x] b\n1. [X] c", ["☐ a", "☑ b", "", "1. ☑ c"]),
    "empty item": ("-\n- a", ["• ", "• a"]),
    "list after text": ("Text:\n- a\n1. b", ["Text:", "", "• a", "", "1. b"]),
    "number in text": ("The year\n1984. was", ["The year 1984. was"]),
    "quote": ("> a\nlazy\n>\n> - b\n>> c", ["▌ a lazy", "▌ ", "▌ • b", "▌ ", "▌ ▌ c"]),
    "rules": ("***\n- - -\n___", ["─" * 40, "", "─" * 40, "", "─" * 40]),
    "fence": ("```py\na\n\n  b\n```\nc", ["  py", "  a", "  ", "    b", "", "c"]),
    "unclosed fence": ("~~~\n# a\n> b", ["  # a", "  > b"]),
    "fence in item": ("1. a\n   ```\n   b\n    c\n   ```\n2. d", ["1. a", "     b", "      c", "2. d"]),
    "empty fence": ("```\n```\na", ["  ", "", "a"]),
    "indented code": ("    a\n\n      b\n\nc", ["  a", "  ", "    b", "", "c"]),
    "tabs": ("```\n\ta\tb\n```", ["      a   b"]),
    "table": (
        "| a | b | c |\n|:-:|--:|---|\n| long | **1** | `x` |\n| y |",
        [" a   │ b │ c", "─────┼───┼──", "long │ 1 │ x", " y   │   │ "],
    ),
    "table after text": ("text\na|b\n-|-\n1|2\n\nend", ["text", "", "a │ b", "──┼──", "1 │ 2", "", "end"]),
    "escaped pipe": ("a|b\n-|-\nx\\|y|`p\\|q`", ["a   │ b", "────┼────", "x|y │ p|q"]),
    "no table": ("a|b\n-|-|-", ["a|b -|-|-"]),
    "break": ("a<br>b <BR /> c\n\n- d<br/>\n  e<br", ["a", "b", "c", "", "• d", "  e<br"]),
    "break in a table": ("|a|\n|-|\n|b <br> c|", ["a", "───", "b c"]),
    "html": ("<div>\n<b>x</b>\n</div>", ["<div> <b>x</b> </div>"]),
    "link": ("[a *b*](http://c.org) <http://d.org>", ["a b http://d.org"]),
    "image": ("![alt *x*](http://a.org/b.png)", ["alt x"]),
    "reference": ("[a][b] [b] [c]\n\n[b]: http://d.org", ["a b [c]"]),
    "footnote": ("a[^1]\n\n[^1]: note", ["a[1]", "", "[1] note"]),
    "footnotes": ("a[^10][^b]\n[^10]: one\nlazy\n[^b]: - two", ["a[10][b]", "", "[10] one lazy", "[b] • two"]),
    "footnote of blocks": (
        "[^1]:\n    a\n\n    ```\n    b\n    ```\n\n    1. c\nd[^1]",
        ["[1] a", "    ", "      b", "    ", "    1. c d[1]"],
    ),
    "footnote in containers": ("> - [^x]: a\n>       b\n>\n>   [^x]", ["▌ • [x] a b", "▌   ", "▌   [x]"]),
    "footnote in a link": ("[a[^1]](http://a.org)\n\n[^1]: b", ["a[1]", "", "[1] b"]),
    "footnote without a note": ("a[^1] `[^2]` \\[^2] [^b]\n\n[^2]: c", ["a[^1] [^2] [^2] [^b]", "", "[2] c"]),
}


@pytest.mark.parametrize(("text", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_block_is_drawn(text: str, expected: list[str]) -> None:
    assert drawn(text) == expected


def test_ascii_terminals_get_ascii() -> None:
    text = "- a\n- [x] b\n\n> c\n\n---\n\na|b\n-|-\n1|2\n\n[^1]: c[^1]"
    lines = render_markdown(text, 10, replace(PALETTE, ascii=True)).lines
    assert all(line.strip.text.isascii() for line in lines)
    assert lines[1].strip.text == "[x] b"


def test_inline_styles() -> None:
    styles = attributes("*em* **strong** ~~gone~~ `code` ***both***")
    assert "italic" in styles["em"]
    assert "bold" in styles["strong"]
    assert "strike" in styles["gone"]
    assert "yellow" in styles["code"]
    assert {"bold", "italic"} <= set(styles["both"].split())


def test_heading_levels_differ() -> None:
    looks = {
        tuple(
            (segment.text, str(segment.style))
            for segment in render_markdown("#" * level + " x", 40, PALETTE).lines[0].strip
        )
        for level in range(1, 7)
    }
    assert len(looks) == 6


def test_copied_text_is_logical() -> None:
    assert copied("> " + "some words " * 8, 20) == ("some words " * 8).strip() + "\n"
    assert copied("x" * 50, 20) == "x" * 50 + "\n"
    assert copied("- " + "你好" * 20, 20) == "• " + "你好" * 20 + "\n"
    assert copied("1. ```python\n   \tif x:  \n   ```") == "\tif x:  \n"
    assert copied("|a|b|\n|-|-|\n|1 2|`3`|") == "a\tb\n1 2\t3\n"


def test_indent_is_where_the_text_begins() -> None:
    for line in render_markdown("> - a\n>   b\n>\n>   ```\n>   c\n>   ```", 40, PALETTE).lines:
        if line.text:
            assert line.strip.text[line.indent :] == line.text


def test_code_is_wide_as_a_whole_and_never_wrapped() -> None:
    code = "x" * 100
    document = MarkdownDocument(40, PALETTE)
    document.append("```c\nshort\n")
    assert not any(line.wide for line in document.lines)
    assert document.append(f"{code}\nend\n```") == 1
    assert [(line.text, line.wide) for line in document.lines[1:]] == [("short", True), (code, True), ("end", True)]


def test_wide_table_is_scrolled_as_a_whole() -> None:
    lines = render_markdown("|a|b|\n|-|-|\n|" + "x" * 60 + "|y|\n", 40, PALETTE).lines
    assert all(line.wide for line in lines)
    assert len({line.strip.text.find("│") for line in lines if "│" in line.strip.text}) == 1


def test_code_blocks_know_their_source() -> None:
    document = MarkdownDocument(40, PALETTE)
    document.append("```python title=x\n\ta\r\n\n b\n```\n\n    c\n      d\n\n> ~~~\n> e\nf\n~~~\nopen")
    assert [(block.language, block.source) for block in document.code_blocks] == [
        ("python", "\ta\n\n b"),
        ("", "c\n  d"),
        ("", "e"),
        ("", ""),
    ]
    document.settle()
    assert document.code_blocks[-1].source == "open"
    for block in document.code_blocks:
        assert any(line.block == block.block for line in document.lines)


def test_long_table_keeps_its_columns_straight() -> None:
    rows = "".join(f"|{'x' * (at % 50)}|{at}|\n" for at in range(300))
    lines = render_markdown("|a|b|\n|-|-|\n" + rows, 200, PALETTE).lines
    assert len({line.strip.text.index("│") for line in lines if "│" in line.strip.text}) == 1


def test_late_definition_changes_only_its_block() -> None:
    document = MarkdownDocument(40, PALETTE)
    document.append("first\n\n[see] this\n\n|[see]|\n|---|\n|x|\n\nlast\n\n[see]: http://a.org\n")
    before = list(document.lines)
    assert document.settle() == 2
    assert document.lines[:2] == before[:2]
    links = [segment.text for line in document.lines for segment in line.strip if segment.style and segment.style.link]
    assert links == ["see", "see"]


def test_target_of_a_link_is_never_seen_half() -> None:
    document = MarkdownDocument(40, PALETTE)
    for chunk in ["a [text](ht", "tps", "://a.org", "/b", "c?d", " 'ti", "tle"]:
        document.append(chunk)
        assert document.lines[0].strip.text == "a text"
    document.append("') end")
    assert document.lines[0].strip.text == "a text end"


def test_footnote_is_a_mark_before_its_note_has_come() -> None:
    document = MarkdownDocument(40, PALETTE)
    for chunk, expected in [
        ("see[^", "see"),
        ("1] it, [^", "see[1] it, "),
        ("x", "see[1] it, "),
        ("] too", "see[1] it, [^x] too"),
    ]:
        document.append(chunk)
        assert document.lines[0].strip.text == expected.rstrip()
    document.append("\n\n[^2]: another")
    assert document.settle() == 0
    assert document.lines[0].strip.text == "see[^1] it, [^x] too"


def test_open_marks_are_drawn_as_if_they_were_closed() -> None:
    document = MarkdownDocument(40, PALETTE)
    document.append("a **bold wor")
    assert document.lines[0].strip.text == "a bold wor"
    document.append("d** and `cod")
    assert document.lines[0].strip.text == "a bold word and cod"
    document.append("e` &am")
    document.append("p;b")
    assert document.lines[0].strip.text == "a bold word and code &b"
    document.append(" [text](http://a.o")
    assert document.lines[0].strip.text == "a bold word and code &b text"


@pytest.mark.parametrize(
    "chunk", ["-", "- ", "1", "1.", "#", "``", "```py", ">", "|--", "===", "[", "[^", "[^1]", "[^1]:", "\n[x"]
)
def test_what_may_become_another_block_is_not_drawn_yet(chunk: str) -> None:
    document = MarkdownDocument(40, PALETTE)
    document.append("a | b\n")
    before = [line.strip.text for line in document.lines]
    document.append(chunk)
    assert [line.strip.text for line in document.lines] == before


def test_a_nested_item_is_copied_as_nested() -> None:
    assert copied("- a\n  1. b\n     - c\n- d").splitlines() == ["• a", "  1. b", "     • c", "• d"]
    assert copied("> - a\n>   - b").splitlines() == ["• a", "  • b"]
