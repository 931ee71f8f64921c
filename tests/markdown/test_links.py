"""Links lead where the reader sees them lead."""

from __future__ import annotations

import pytest

from athena_tui.tui.markdown import render_markdown
from tests.markdown.samples import PALETTE


def live(text: str) -> list[str]:
    """Targets a terminal may open."""
    lines = render_markdown(text, 200, PALETTE).lines
    return [segment.style.link for line in lines for segment in line.strip if segment.style and segment.style.link]


def shown(text: str) -> str:
    return " ".join(line.strip.text for line in render_markdown(text, 200, PALETTE).lines)


@pytest.mark.parametrize(
    "text",
    [
        "[docs](https://example.org/a_b)",
        "[README.md](https://example.org/README.md)",
        "[example.org](https://example.org/x)",
        "[example.org](https://www.example.org/x)",
        "[https://example.org](https://example.org/)",
        "[v1.2 of it](https://example.org)",
        "[write](mailto:a@example.org)",
        "<https://example.org/x>",
        "https://example.org/a_b_c?d=(e)",
        "www.example.org/of/example.com",
    ],
)
def test_honest_links_are_live_and_short(text: str) -> None:
    assert len(live(text)) == 1
    assert "(http" not in shown(text)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[bank.com](http://evil.org/x)", "(http://evil.org/x)"),
        ("[https://bank.com/login](https://evil.org)", "(https://evil.org)"),
        ("[see bank.com now](https://bank.com.evil.org)", "(https://bank.com.evil.org)"),
        ("[ba\u200bnk.com](https://evil.org)", "(https://evil.org)"),
        ("[bank．com](https://evil.org)", "(https://evil.org)"),
        ("[x](https://b\u0430nk.com)", "(https://xn--bnk-6cd.com)"),
        ("[x](https://bank.com@evil.org/)", "(https://bank.com@evil.org/)"),
        ("[a@bank.com](mailto:b@evil.org)", "(mailto:b@evil.org)"),
        ("![bank.com](http://evil.org/p.png)", "(http://evil.org/p.png)"),
    ],
)
def test_misleading_links_show_their_target(text: str, target: str) -> None:
    assert live(text)
    assert target in shown(text)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ssh://host", "x/y.html", "//host/x"]
)
def test_other_schemes_are_text(target: str) -> None:
    assert live(f"[x]({target})") == []
    assert f"x ({target})" in shown(f"[x]({target})")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("(see https://example.org/a), and", "https://example.org/a"),
        ("https://example.org/b_(c)!", "https://example.org/b_(c)"),
        ("(https://example.org/b_(c))", "https://example.org/b_(c)"),
        ("**https://example.org/d_e**: x", "https://example.org/d_e"),
        ("https://example.org/a?b=*c*&d;.", "https://example.org/a?b=*c"),
        ("https://example.org/a?b=c&amp;", "https://example.org/a?b=c"),
        ('"https://example.org/a".', "https://example.org/a"),
        ("“https://example.org/a”.", "https://example.org/a"),
        ("https://example.org…", "https://example.org"),
        ("见https://example.org/世界。然后", "https://example.org/%E4%B8%96%E7%95%8C"),
        ("（https://example.org/a）", "https://example.org/a"),
        ("HTTP://localhost:8000/", "HTTP://localhost:8000/"),
        ("see www.example.org/a_b_c, or", "http://www.example.org/a_b_c"),
        ("_www.example.org_", "http://www.example.org"),
        ("（www.example.org）", "http://www.example.org"),
        ("见www.example.org。", "http://www.example.org"),
    ],
)
def test_bare_addresses_end_before_the_punctuation(text: str, address: str) -> None:
    assert live(text) == live(f"|a|\n|-|\n|{text}|\n") == [address]


@pytest.mark.parametrize(
    "text", ["www.", "www. x", "awww.b.org", "x/www.b.org", "https://", "https://*a*", "xhttps://a.org", "www.*a*"]
)
def test_what_is_no_address_is_text(text: str) -> None:
    assert live(text) == []
    assert shown(text) == text.replace("*", "")


def test_entities_spell_no_control_characters() -> None:
    text = shown("a&#27;[31m &#x202e;b &#155;c &#10;d [e](http://x.org/&#27;)")
    assert all(char.isprintable() for char in text)
