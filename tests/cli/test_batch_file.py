"""Reading a batch's items."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.cli.batch_file import read_items
from athena_tui.config.errors import ConfigError


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"key": ' + "9" * 5000 + "}", "too many digits"),
        ("3", "an item is a JSON object"),
        ('{"key": "a"}', "message: a text is needed"),
        ('{"key": "a", "message": "b", "variables": 3}', "variables: an object is needed"),
    ],
)
def test_a_line_that_is_no_item_is_told_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(f'{{"key": "ok", "message": "hello"}}\n{line}\n')
    with pytest.raises(ConfigError, match=f"items.jsonl:2: .*{says}"):
        read_items(str(file))
