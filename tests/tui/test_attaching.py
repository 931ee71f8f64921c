"""Files that go along: chosen, dropped, refused, removed, uploaded, kept."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from athena_tui.client.athena.client import FILES
from athena_tui.client.errors import ConnectionFailed, InvalidRequest
from athena_tui.client.files import FileRules
from athena_tui.client.models import Attachment
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.store.drafts import Draft
from athena_tui.tui.attaching import chosen
from athena_tui.tui.attaching.chosen import Chosen, choose
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.transcript.view import TranscriptView
from athena_tui.tui.widgets.chips import Chips
from tests.chat.scripted_client import ScriptedClient, Step
from tests.tui.fakes import answer, connected, make_app, scripted, wait_until

NO_FILES = Capabilities({Feature.ATTACHMENTS: "This one takes no files."})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a few files."""
    there = tmp_path / "work"
    (there / "docs").mkdir(parents=True)
    for name in ("notes.md", "docs/my report.pdf", "tool.exe"):
        (there / name).write_text("tea")
    monkeypatch.chdir(there)
    return there


def client_of(*scripts: list[Step], capabilities: Capabilities | None = None) -> ScriptedClient:
    """A platform that takes what Athena takes."""
    client = scripted(*scripts)
    client.capabilities = capabilities or Capabilities(files=FILES)
    return client


def attached(main: MainScreen) -> list[str]:
    """The names of what goes along."""
    return [each.name for each in main.chat.box.attachments]


def noted(main: MainScreen) -> str:
    """What is said below the text."""
    note = main.chat.box.note
    return str(note.content) if note.display and note.parent else ""


async def paste(pilot: Pilot[Any], main: MainScreen, text: str) -> None:
    """Paste something into the composer."""
    main.chat.composer.post_message(events.Paste(text))
    await pilot.pause()


async def test_at_completes_a_file_and_enter_attaches_and_then_sends_it() -> None:
    client = client_of(answer("Seen."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"see @nte", "enter")
        await wait_until(pilot, lambda: attached(main) == ["notes.md"])
        assert main.chat.composer.text == "see "
        assert "notes.md" in str(main.query_one(Chips).content)
        await pilot.press(*"please", "enter")
        await wait_until(pilot, lambda: client.requests)
        assert client.requests[0].message == "see please"
        assert client.requests[0].attachments == (Attachment("notes.md", "text/markdown", "kept/notes.md"),)
        assert attached(main) == []
        assert not main.query_one(Chips).display


async def test_a_folder_is_looked_into() -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"@./do", "tab")
        await wait_until(pilot, lambda: main.chat.composer.text == "@./docs/")
        await pilot.press(*"my", "tab")
        await wait_until(pilot, lambda: attached(main) == ["my report.pdf"])
        assert main.chat.composer.text == ""


async def test_escape_leaves_the_sign_as_text() -> None:
    client = client_of(answer("Hello."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"ask @n")
        await wait_until(pilot, lambda: main.chat.composer.completing)
        await pilot.press("escape", "o", "enter")
        await wait_until(pilot, lambda: client.requests)
        assert client.requests[0].message == "ask @no"
        assert client.requests[0].attachments == ()


@pytest.mark.parametrize("typed", ["/attach docs/my report.pdf", '/attach "{folder}/docs/my report.pdf"'])
async def test_attach_takes_a_path(folder: Path, typed: str) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        main.chat.composer.show(typed.format(folder=folder))
        await pilot.press("enter")
        await wait_until(pilot, lambda: attached(main) == ["my report.pdf"])
        assert main.chat.composer.text == ""


async def test_attach_says_what_is_not_there() -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        main.chat.composer.show("/attach gone-for-good.md")
        await pilot.press("enter")
        await wait_until(pilot, lambda: "gone-for-good.md cannot be read" in noted(main))
        assert main.chat.composer.text == "/attach gone-for-good.md"


async def test_dropped_files_become_attachments_and_the_text_stays(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"both: ")
        await paste(pilot, main, f"{folder}/notes.md '{folder}/docs/my report.pdf' ")
        await wait_until(pilot, lambda: attached(main) == ["notes.md", "my report.pdf"])
        assert main.chat.composer.text == "both: "


async def test_a_file_dropped_on_the_transcript_goes_along_too(folder: Path) -> None:
    client = client_of(answer("Hello."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hi", "enter")
        await wait_until(pilot, lambda: not main.chat.welcome.display and not main.chat.runs)
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.chat.view.has_focus)
        main.chat.view.post_message(events.Paste(f"{folder}/notes.md"))
        await wait_until(pilot, lambda: attached(main) == ["notes.md"])
        assert main.chat.composer.text == ""
        assert main.focused is main.chat.composer


async def test_a_file_that_is_not_taken_stays_a_path_with_the_reason(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/tool.exe")
        await wait_until(pilot, lambda: "tool.exe is of a type" in noted(main))
        assert main.chat.composer.text == f"{folder}/tool.exe"
        assert "PDF" in noted(main)
        await pilot.press("x")
        await wait_until(pilot, lambda: not noted(main))


async def test_a_platform_without_attachments_says_why(folder: Path) -> None:
    app = make_app(client_of(capabilities=NO_FILES))
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md")
        await wait_until(pilot, lambda: noted(main) == "Not attached: This one takes no files.")
        assert main.chat.composer.text == f"{folder}/notes.md"


async def test_one_is_removed_by_key_and_by_click(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md '{folder}/docs/my report.pdf'")
        await wait_until(pilot, lambda: len(attached(main)) == 2)
        await pilot.press("backspace", "left", "x")
        await wait_until(pilot, lambda: attached(main) == ["my report.pdf"])
        await pilot.press("escape", *"hi")
        assert main.chat.composer.text == "hi"
        chips = main.query_one(Chips)
        shown = chips.render_line(0).text
        await pilot.click(chips, offset=(shown.index("×") + 1, 0))
        await wait_until(pilot, lambda: not attached(main))


async def test_chips_stay_whole_where_there_is_little_room(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(50, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md '{folder}/docs/my report.pdf'")
        await wait_until(pilot, lambda: len(attached(main)) == 2)
        await pilot.pause()
        lines = str(main.query_one(Chips).content).splitlines()
        assert ["notes.md" in lines[0], "my report.pdf" in lines[1]] == [True, True]
        assert main.query_one(Chips).size.height == 2


async def test_the_upload_is_told_and_a_failure_keeps_everything(folder: Path) -> None:
    client = client_of(answer("Seen."))
    client.may_upload = asyncio.Event()
    client.refused_upload = ConnectionFailed("The line is dead.", remedy="Try again.")
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md")
        await wait_until(pilot, lambda: attached(main))
        await pilot.press(*"look", "enter")
        await wait_until(pilot, lambda: "notes.md  50 %" in str(main.chat.box.queue.content))
        assert main.chat.composer.text == ""
        client.may_upload.set()
        await wait_until(pilot, lambda: main.chat.composer.text == "look")
        assert attached(main) == ["notes.md"]
        assert "notes.md did not arrive: The line is dead. Try again." in noted(main)
        assert client.requests == []
        client.refused_upload = None
        await pilot.press("enter")
        await wait_until(pilot, lambda: client.requests)
        assert [each.filename for each in client.requests[0].attachments] == ["notes.md"]


async def test_escape_stops_an_upload(folder: Path) -> None:
    client = client_of()
    client.may_upload = asyncio.Event()
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md")
        await wait_until(pilot, lambda: attached(main))
        await pilot.press(*"look", "enter")
        await wait_until(pilot, lambda: main.chat.runs)
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.chat.composer.text == "look")
        assert attached(main) == ["notes.md"]
        assert not main.chat.runs


async def test_what_was_uploaded_is_not_uploaded_again_when_the_message_is_refused(folder: Path) -> None:
    client = client_of([InvalidRequest("Too rude.", status=422)], answer("Better."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md")
        await wait_until(pilot, lambda: attached(main))
        await pilot.press(*"look", "enter")
        await wait_until(pilot, lambda: main.chat.composer.text == "look" and attached(main))
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(client.requests) == 2)
        assert client.requests[0].attachments == client.requests[1].attachments
        assert client.uploads == [folder / "notes.md"]


async def test_what_was_said_is_edited_with_what_went_along(folder: Path) -> None:
    client = client_of(answer("Seen."), answer("Seen again."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md")
        await wait_until(pilot, lambda: attached(main))
        await pilot.press(*"look", "enter")
        session = main.chat.session
        await wait_until(pilot, lambda: session and len(session.transcript.parts) > 1 and not main.chat.runs)
        await pilot.press("escape", "g", "E")
        await wait_until(pilot, lambda: main.chat.composer.text == "look")
        assert not isinstance(app.focused, TranscriptView)
        assert attached(main) == ["notes.md"]
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(client.requests) == 2)
        assert client.requests[1].attachments == client.requests[0].attachments
        assert len(client.uploads) == 1


async def test_a_draft_keeps_its_files_and_says_which_are_gone(folder: Path, tmp_path: Path) -> None:
    database = tmp_path / "state.db"
    app = make_app(client_of(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md '{folder}/docs/my report.pdf'")
        await wait_until(pilot, lambda: len(attached(main)) == 2)
        await pilot.press(*"later")
        await app.action_quit()
    (folder / "notes.md").unlink()
    app = make_app(client_of(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: attached(main) == ["my report.pdf"])
        assert main.chat.composer.text == "later"
        assert "notes.md cannot be read" in noted(main)


async def test_a_path_that_became_an_attachment_becomes_text_again(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"see ")
        await paste(pilot, main, str(folder / "notes.md"))
        await wait_until(pilot, lambda: attached(main) == ["notes.md"])
        main.chat.box.focus_attachments()
        await pilot.press("t")
        await wait_until(pilot, lambda: main.focused is main.chat.composer)
        assert attached(main) == []
        assert main.chat.composer.text == f"see {folder / 'notes.md'}"


async def test_a_key_pressed_twice_before_the_chip_is_gone_counts_once(folder: Path) -> None:
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, f"{folder}/notes.md '{folder}/docs/my report.pdf'")
        await wait_until(pilot, lambda: len(attached(main)) == 2)
        await pilot.press("backspace")
        chips = main.query_one(Chips)
        chips.action_to_text()
        chips.action_to_text()
        chips.action_remove()
        await wait_until(pilot, lambda: attached(main) == ["notes.md"])
        await pilot.pause()
        assert main.chat.composer.text == f"{folder}/docs/my report.pdf"
        assert attached(main) == ["notes.md"]


async def test_files_of_the_machine_that_serves_a_page_stay_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("athena_tui.tui.app.AthenaApp.is_web", property(lambda _: True))
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await paste(pilot, main, str(folder / "notes.md"))
        await wait_until(pilot, lambda: main.chat.composer.text == str(folder / "notes.md"))
        main.chat.composer.show("")
        await pilot.press("@", "n", "o")
        await main.chat.box.completions.settled()
        assert main.chat.box.completions.offers == ()
        main.chat.composer.show("")
        await pilot.press(*"/attach notes.md", "enter")
        await wait_until(pilot, lambda: "do not go along" in noted(main))
        assert attached(main) == []


async def test_a_slow_file_of_one_draft_does_not_go_along_with_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def slowly(source: str, rules: FileRules) -> Chosen:
        looked.set()
        go_on.wait(10)
        return choose(source, rules)

    monkeypatch.setattr(chosen, "choose", slowly)
    app = make_app(client_of())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        box = main.chat.box
        first = asyncio.create_task(box.show_draft(Draft("one", (str(folder / "notes.md"),))))
        await wait_until(pilot, looked.is_set)
        await box.show_draft(Draft("two"))
        go_on.set()
        await first
        assert (box.composer.text, attached(main)) == ("two", [])
