"""Documents for the tests: blocks of every kind nested in every other, and the text that breaks renderers."""

from __future__ import annotations

from hypothesis import strategies as st
from rich.style import Style

from athena_tui.tui.palette import Palette

PALETTE = Palette(
    text=Style.parse("default"),
    dim=Style.parse("dim"),
    accent=Style.parse("cyan"),
    strong=Style.parse("bold"),
    emphasis=Style.parse("italic"),
    strike=Style.parse("strike"),
    heading=Style.parse("magenta"),
    code=Style.parse("yellow"),
    code_block=Style.parse("white"),
    link=Style.parse("underline blue"),
    quote=Style.parse("green"),
    rule=Style.parse("bright_black"),
    success=Style.parse("green"),
    warning=Style.parse("yellow"),
    error=Style.parse("red"),
    user_gutter=Style.parse("blue"),
    selection=Style.parse("reverse"),
    search_match=Style.parse("on yellow"),
    search_current=Style.parse("on red"),
    cursor=Style.parse("reverse"),
)

_WORDS = (
    "word", "a", "longerword", "snake_case_name", "2 * 3", "**bold**", "*em*", "_em_", "~~gone~~", "`code`",
    "``a ` b``", "**open", "*open", "close**", "`open", "[link](http://x.org)", "[text](", "[ref]", "[late][ref]",
    "![img](http://i.org/p.png)", "<http://auto.org/a_b>", "https://bare.org/p_q_r.", "<b>", "</b>", "&amp;", "&#x1b;",
    "\\*", "\\", "世界", "你好，", "한국어", "e\u0301", "👩\u200d👩\u200d👧", "☁\ufe0f", "🇩🇪", "\u200d", "|", "x|y",
    "***",
    "__", "~", "]", "(", ")", "!", "#", "1.", "-", "[bank.com](http://evil.org)", "[x](javascript:y)", "  ", "\t",
    "[a [b] c](u)",
    "**a *b** c*", "x" * 90, "http://", "https://", "[^1]", "[^a]", "[^", "[ ]", "&", ":", "\u202e",
)  # fmt: skip

_LINES = (
    "# head", "## head ##", "###### six #", "#", "####### seven", "===", "---", "***", "- - -", "__", "=", "-",
    "- item", "* item", "+ item", "1. one", "2) two", "10. ten", "-", "1.", "- [ ] todo", "- [x] done", "- [ ]",
    "> quote", ">", ">no space", "> > deep", "> - item", "- > quote", "- - twice", "1. - mixed",
    "```", "```python", "~~~", "~~~~ rust", "````", "``` a`b", "def f(x):", "\treturn 'a' # c", '"""doc', "/* open",
    "close */ x", "    code", "\tcode", "  indented", "      deep", "| a | b |", "|---|:-:|", "| 1 | **2** | 3 |",
    "a | b", "--|--", "x \\| y | `z|`", "|", "[ref]: http://ref.org", "[ref]: <b c> 'title'", "[x]:", "[^1]: note",
    "[^a]: - b", "[^1]:", "    of the note", "[^b]",
    "<div>", "<!-- comment", "-->", "<details><summary>s</summary>", "", "", "", "  ", "plain line  ", "plain\\",
    "    # not head", "> ```", "> code", "- ```", "  fenced", "  ```", "> | a | b |", "> |--|--|", "> | 1 | 2 |",
)  # fmt: skip

inline_text = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12).flatmap(
    lambda words: st.sampled_from([" ".join(words), "".join(words)])
)
prefix = st.lists(st.sampled_from(["> ", "- ", "  ", "1. ", "   ", "\t", ""]), max_size=4).map("".join)
line = st.one_of(
    st.sampled_from(_LINES),
    inline_text,
    st.tuples(prefix, st.one_of(st.sampled_from(_LINES), inline_text)).map("".join),
)
documents = st.one_of(
    st.lists(line, max_size=25).map("\n".join),
    st.text(alphabet="ab *_`~[]()<>#-+=|:\\!&.1\n\t世\u0301\u200d\ufe0f", max_size=300),
    st.text(max_size=100),
)
"""Markdown of every kind, well formed and not."""


@st.composite
def cuts(draw: st.DrawFn, text: str) -> list[str]:
    """`text` in chunks of any sizes."""
    chunks: list[str] = []
    at = 0
    size = draw(st.sampled_from([1, 2, 5, 30]))
    while at < len(text):
        step = draw(st.integers(1, size)) if len(chunks) < 200 else len(text)
        chunks.append(text[at : at + step])
        at += step
    return chunks
