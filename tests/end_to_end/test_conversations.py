"""Turns that belong together, on platforms that keep conversations and on those that keep none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from athena_tui.config.paths import database_file
from tests.end_to_end.invoking import ECHO, objects, run


def test_a_conversation_goes_on_until_a_new_one_is_asked_for(environment: dict[str, str]) -> None:
    def conversation(*flags: str) -> str:
        done = run(environment, "ask", "--sandbox", "--agent", ECHO, "--json", *flags, "hello")
        return str(objects(done.stdout)[-1]["conversation_id"])

    first, second, third = conversation("--continue"), conversation("--continue"), conversation("--new")
    assert first == second != third


@pytest.mark.parametrize("platform", ["atthene", "tenfive"])
def test_conversations_are_kept_here_where_the_platform_keeps_none(
    environment: dict[str, str], tmp_path: Path, platform: str
) -> None:
    there = ["--sandbox", "--platform", platform]

    def conversation(*flags: str) -> str:
        done = run(environment, "ask", *there, "--json", *flags, "@echo hello")
        assert done.returncode == 0, done.stderr
        return str(objects(done.stdout)[-1].get("conversation_id"))

    first, second, third = conversation("--continue"), conversation("--continue"), conversation("--new")
    assert first == second != third
    listed = objects(run(environment, "conversations", *there, "--json").stdout)
    assert [each["id"] for each in listed] == [third, first]
    shutil.rmtree(tmp_path / "data" / "sandbox")
    assert conversation("--conversation", first) == first


def test_a_conversation_that_is_nowhere(environment: dict[str, str]) -> None:
    refused = run(environment, "ask", "--sandbox", "--platform", "tenfive", "--conversation", "local:nowhere", "hello")
    assert refused.returncode == 1
    assert "local:nowhere" in refused.stderr


def test_a_single_turn_needs_no_store(environment: dict[str, str], tmp_path: Path) -> None:
    assert run(environment, "ask", "--sandbox", "--platform", "tenfive", "hello").returncode == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["sandbox"]


def test_a_store_that_cannot_be_used_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    store = database_file(environment)
    store.parent.mkdir(parents=True)
    store.write_text("This is no database, and long enough not to be taken for an empty one. " * 20)
    done = run(environment, "conversations", "--sandbox", "--platform", "tenfive")
    assert done.returncode == 1
    assert str(store) in done.stderr
    assert "Traceback" not in done.stderr
