"""What is refused before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.client.athena.client import CAPABILITIES as ATHENA
from athena_tui.client.athena.client import FILES
from athena_tui.client.atthene.client import CAPABILITIES as ATTHENE
from athena_tui.client.errors import InvalidRequest
from athena_tui.client.models import Attachment
from athena_tui.client.protocol import Capabilities
from athena_tui.client.tenfive.missing import MISSING
from athena_tui.tui.attaching.chosen import Chosen, check_room, choose, choose_again, rules_of


def test_a_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("tea")
    assert choose(str(path), FILES) == Chosen("notes.md", "text/markdown", 3, path)


@pytest.mark.parametrize(("name", "why"), [("gone.md", "cannot be read"), ("tool.exe", "does not take"), ("", "type")])
def test_a_file_that_cannot_go_along(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        choose(str(tmp_path / name), FILES)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as stream:
        stream.truncate(50 * 1024 * 1024 + 1)
    with pytest.raises(InvalidRequest, match="50 MiB"):
        choose(str(tmp_path / "huge.txt"), FILES)


def test_a_platform_without_attachments_says_why() -> None:
    with pytest.raises(InvalidRequest, match="TenFive documents no way"):
        rules_of(Capabilities(MISSING))


def test_addresses_go_where_the_platform_fetches_them() -> None:
    rules = rules_of(ATTHENE)
    paper = choose("https://example.com/a/paper.pdf?x=1", rules)
    assert (paper.name, paper.content_type) == ("paper.pdf", "application/pdf")
    assert paper.held == Attachment("paper.pdf", "application/pdf", "https://example.com/a/paper.pdf?x=1")
    picture = choose("data:image/png;base64,iVBORw0KGgo=", rules)
    assert (picture.content_type, picture.size) == ("image/png", 9)
    with pytest.raises(InvalidRequest, match="base64"):
        choose("data:text/html,hello", rules)
    with pytest.raises(InvalidRequest, match="this machine only"):
        choose("https://example.com/a.png", rules_of(ATHENA))


def test_not_twice_and_not_too_many() -> None:
    there = [choose_again(Attachment(f"{number}.txt", "text/plain", f"k/{number}")) for number in range(10)]
    with pytest.raises(InvalidRequest, match="already"):
        check_room(there, there[3], FILES)
    with pytest.raises(InvalidRequest, match="at most 10"):
        check_room(there, choose_again(Attachment("new.txt", "text/plain", "k/new")), FILES)
    check_room(there[:9], there[9], FILES)
