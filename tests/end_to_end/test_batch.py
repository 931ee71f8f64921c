"""The installed command's batches: on Athena in one request, elsewhere turn by turn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.invoking import BRITTLE, ECHO, METRONOME, PATIENCE, objects, run
from tests.end_to_end.terminal import COMMAND


def batch_of(tmp_path: Path, **messages: str) -> str:
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps({"key": key, "message": said}) + "\n" for key, said in messages.items()))
    return str(file)


def by_key(output: str) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in objects(output)}


def test_every_item_has_a_result(environment: dict[str, str], tmp_path: Path) -> None:
    file = batch_of(tmp_path, a="one", b="two three")
    done = run(environment, "batch", file, "--sandbox", "--agent", ECHO)
    found = by_key(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {key: (each["status"], each["text"]) for key, each in found.items()} == {
        "a": ("completed", "one"),
        "b": ("completed", "two three"),
    }
    assert found["a"]["usage"]["total_tokens"]
    assert found["a"]["cost_microdollars"]
    assert "2 items: 2 completed" in done.stderr


def test_turn_by_turn_where_there_is_no_batch_endpoint(environment: dict[str, str], tmp_path: Path) -> None:
    file = Path(batch_of(tmp_path, good="@echo hello", bad="@unlucky go", other="@echo there"))
    there = ["--sandbox", "--platform", "tenfive", "--parallel", "2"]
    done = run(environment, "batch", "-", *there, piped=file.read_text())
    found = by_key(done.stdout)
    assert done.returncode == 1, done.stderr
    assert {key: each["status"] for key, each in found.items()} == {
        "good": "completed",
        "bad": "failed",
        "other": "completed",
    }
    assert found["bad"]["error"]["code"]
    assert "hello" in found["good"]["text"]
    assert "3 items: 2 completed, 1 failed" in done.stderr


def test_a_batch_that_is_sent_again_with_its_key_runs_nothing_twice(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = batch_of(tmp_path, a="@echo hello", b="@echo there")
    there = ["--sandbox", "--platform", "tenfive", "--idempotency-key", "nightly-1"]
    texts = [
        {key: each["text"] for key, each in by_key(run(environment, "batch", file, *there).stdout).items()}
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 2
    used = run(environment, "usage", "--sandbox", "--platform", "tenfive", "--json")
    [created] = [each for each in objects(used.stdout) if each["kind"] == "run.created"]
    assert created["count"] == 2


def test_items_that_fail_are_told(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, "batch", batch_of(tmp_path, a="go"), "--sandbox", "--agent", BRITTLE)
    assert done.returncode == 1
    (result,) = objects(done.stdout)
    assert (result["status"], set(result["error"]) >= {"code", "message"}) == ("failed", True)


@pytest.mark.parametrize("platform", ["athena", "tenfive"])
def test_a_batch_that_fails_as_a_whole(
    environment: dict[str, str], tmp_path: Path, sandbox: dict[str, Any], platform: str
) -> None:
    elsewhere = {
        "ATHENA_TUI_PLATFORM": platform,
        "ATHENA_TUI_BASE_URL": sandbox[platform]["base_url"],
        "ATHENA_TUI_API_KEY": "wrong:key",
        "ATHENA_TUI_AGENT_ID": ECHO,
    }
    done = run(environment | elsewhere, "batch", batch_of(tmp_path, a="one", b="two"))
    assert done.returncode == 3, done.stderr


def test_lines_that_are_no_items_are_named_before_anything_is_sent(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(
        '{"key": "a", "message": "x"}\n\n{"key": 1, "message": "x"}\nnonsense\n'
        '{"key": "b", "message": 5}\n{"key": "c", "message": "x", "vars": {}}\n'
        '{"key": "d", "message": "x", "variables": []}\n[]\n{"key": "a", "message": "x"}\n'
    )
    # Nothing is configured: whoever tried to connect would say so.
    done = run(environment, "batch", str(file))
    assert done.returncode == 2
    told = [line.partition("items.jsonl:")[2] for line in done.stderr.splitlines()]
    assert [line[:6] for line in told] == ["3: key", "4: thi", "5: mes", "6: var", "7: var", "8: an ", "9: key"]
    assert done.stdout == ""


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_a_file_without_items(environment: dict[str, str], tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "items.jsonl"
    if text is not None:
        file.write_text(text)
    done = run(environment, "batch", str(file))
    assert done.returncode == 2
    assert "items.jsonl: " in done.stderr


@pytest.mark.parametrize("platform", ["athena", "tenfive"])
def test_a_reader_that_leaves_is_no_traceback(environment: dict[str, str], tmp_path: Path, platform: str) -> None:
    file = batch_of(tmp_path, **{str(number): "@echo hello" for number in range(20)})
    command = f"'{COMMAND}' batch '{file}' --sandbox --platform {platform} | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert len(objects(done.stdout)) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("platform", ["athena", "tenfive"])
def test_an_interrupt_leaves_what_is_there(environment: dict[str, str], tmp_path: Path, platform: str) -> None:
    agent = ["--agent", METRONOME] if platform == "athena" else []
    file = batch_of(tmp_path, quick="@metronome 2 tokens at 500/s", slow="@metronome 5000 tokens at 20/s")
    command = [COMMAND, "batch", file, "--sandbox", "--platform", platform, *agent]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["key"] == "quick"
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "1 completed" in told
