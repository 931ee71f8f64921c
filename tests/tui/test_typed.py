"""What can be completed where the cursor stands."""

from __future__ import annotations

import pytest

from athena_tui.tui.typed import Kind, Typed, typed_at


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", None),
        ("hello", None),
        ("/", Typed(Kind.COMMAND, "", alone=True)),
        ("/ne", Typed(Kind.COMMAND, "ne", alone=True)),
        ("/etc/hosts", None),
        ("/new x", None),
        ("/attach my fi", Typed(Kind.FILE, "my fi", alone=True)),
        ('/attach "my fi', Typed(Kind.FILE, "my fi", alone=True)),
        ("@", Typed(Kind.FILE, "")),
        ("see @no", Typed(Kind.FILE, "no", 4)),
        ("see\n@no", Typed(Kind.FILE, "no", 0)),
        ('see @"my no', Typed(Kind.FILE, "my no", 4)),
        ("see @no ", None),
        ("ada@example", None),
        ("#", Typed(Kind.VARIABLE, "")),
        ("a #to", Typed(Kind.VARIABLE, "to", 2)),
        ("# Heading", None),
        ("C#", None),
        ("#1) no", None),
    ],
)
def test_at_the_end(text: str, typed: Typed | None) -> None:
    row = text.count("\n")
    assert typed_at(text, row, len(text.split("\n")[row])) == typed


def test_only_what_is_before_the_cursor_counts() -> None:
    assert typed_at("see @no more", 0, 6) == Typed(Kind.FILE, "n", 4)
    assert typed_at("see @no more", 0, 3) is None
    assert typed_at("see", 3, 0) is None
