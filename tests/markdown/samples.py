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
    "![img](http://i.org/p.png)", "<http://auto.org/a_b>", "https://bare.org/p_q_r.", "<b>", "<br>",
    "<br ", "</b>", "&amp;", "&#x1b;",
    "\\*", "\\", "世界", "你好，", "한국어", "e\u0301", "👩\u200d👩\u200d👧", "☁\ufe0f", "🇩🇪", "\u200d", "|", "x|y",
    "***",
    "__", "~", "]", "(", ")", "!", "#", "1.", "-", "[bank.com](http://evil.org)", "[x](javascript:y)", "  ", "\t",
    "[a [b] c](u)",
    "**a *b** c*", "x" * 90, "http://", "https://", "www.w.org/a_b*c*",
    "www.", "ww", "(www.x.org/_a_)", "[^1]", "[^a]", "[^", "[ ]", "&", ":", "\u202e",
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
_ENDS = ("", "", "", "  ", "\\", " \t")


def _lines(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("\n".join)


@st.composite
def _paragraphs(draw: st.DrawFn) -> str:
    lines = draw(st.lists(inline_text, min_size=1, max_size=3))
    return "\n".join([f"{text}{draw(st.sampled_from(_ENDS))}" for text in lines])


@st.composite
def _fences(draw: st.DrawFn) -> str:
    mark = draw(st.sampled_from(["```", "~~~", "````", "~~~~"]))
    info = draw(st.sampled_from(["", "python", "c++ title", " json"]))
    code = draw(
        st.lists(st.sampled_from(["x = 1", "", "\ty", "  ```", "~~~", "> z", "- a", "/* b", "</c>"]), max_size=4)
    )
    return "\n".join([mark + info, *code, draw(st.sampled_from([mark, mark, mark + "~", "", "x"]))])


@st.composite
def _tables(draw: st.DrawFn) -> str:
    columns = draw(st.integers(1, 4))
    rules = draw(st.lists(st.sampled_from(["-", ":-", "-:", ":-:"]), min_size=columns, max_size=columns))
    rows = draw(st.lists(st.lists(inline_text, min_size=1, max_size=4), max_size=3))
    head = draw(st.lists(inline_text, min_size=columns, max_size=columns))
    return "\n".join(["|" + "|".join(cells) + "|" for cells in [head, rules, *rows]])


_blocks = st.one_of(
    _paragraphs(),
    _paragraphs(),
    _fences(),
    _tables(),
    st.tuples(st.sampled_from(["# ", "## ", "###### "]), inline_text, st.sampled_from(["", " ##", "\t#"])).map("".join),
    _lines(_paragraphs(), st.sampled_from(["=", "===", "-", "---  "])),
    st.sampled_from(["---", "* * *", "___", "    code\n\n      more", "\tcode", "<div>\n*a*\n\n</div>", "<!--\n\n-->"]),
    st.sampled_from(["[late]: http://l.org 'of\ntwo lines'", "[ref]: <r>", "[^1]: a\nb", "[^a]:\n    c\n\n    d"]),
)


@st.composite
def _contained(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Blocks in a quote, an item or a note, with some lines indented too little or too much."""
    marks = ["> ", ">", "- ", "*   ", "+\t", "7. ", "1) ", "1000000000. ", "- [ ] ", "3. [x] ", "[^1]: "]
    mark = draw(st.sampled_from(marks))
    rest = mark if mark[0] == ">" else "    " if mark[0] == "[" else " " * len(mark.split("[")[0])
    lines = draw(inner).split("\n")
    wrong = draw(st.sets(st.integers(1, len(lines)), max_size=2))
    odd = draw(st.sampled_from(["", " ", rest[1:], rest + "  "]))
    return "\n".join([mark + lines[0], *[(odd if at in wrong else rest) + lines[at] for at in range(1, len(lines))]])


@st.composite
def _nested(draw: st.DrawFn) -> str:
    blocks = st.recursive(
        _blocks,
        lambda inner: st.one_of(
            _contained(inner),
            st.lists(_contained(inner), min_size=1, max_size=3).map("\n".join),
            st.tuples(st.lists(inner, min_size=1, max_size=3), st.sampled_from(["\n", "\n\n"])).map(
                lambda drawn: drawn[1].join(drawn[0])
            ),
        ),
        max_leaves=8,
    )
    text = "\n\n".join(draw(st.lists(blocks, min_size=1, max_size=4)))
    for odd in draw(
        st.lists(st.sampled_from(["\r\n", "\n", "\f", "\0", "\t", "&", "`", "*", "|", "x" * 5000]), max_size=2)
    ):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + odd + text[at:]
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


prefix = st.lists(st.sampled_from(["> ", "- ", "  ", "1. ", "   ", "\t", ""]), max_size=4).map("".join)
line = st.one_of(
    st.sampled_from(_LINES),
    inline_text,
    st.tuples(prefix, st.one_of(st.sampled_from(_LINES), inline_text)).map("".join),
)
documents = st.one_of(
    _nested(),
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
