"""What is typed with a slash in front: commands, and what only looks like one."""

from __future__ import annotations

import pytest

from athena_tui.client.athena.client import FILES
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.tui.commands import no_command
from tests.tui.fakes import answer, connected, make_app, scripted, shown, spoken, wait_until


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/bogus thing", "There is no command /bogus."),
        ("/usag now", "There is no command /usag; did you mean /usage?"),
        ("/new please", "/new takes nothing after it."),
        ("/usr/bin is full", None),
        ("hello", None),
        (" /bogus", None),
        ("/", None),
    ],
)
def test_what_is_said_of_what_is_no_command(text: str, said: str | None) -> None:
    assert no_command(text) == said


async def test_what_is_no_command_is_sent_at_the_second_enter_only() -> None:
    client = scripted(answer("Odd."), answer("Plain."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"/bogus thing", "enter")
        await wait_until(pilot, lambda: "There is no command /bogus. Enter again" in shown(main))
        await pilot.press("s", "enter")
        await wait_until(pilot, lambda: "There is no command /bogus. Enter again" in shown(main))
        assert client.requests == []
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Odd." in spoken(main) and not main.chat.runs)
        await pilot.press(*"//bogus", "enter")
        await wait_until(pilot, lambda: "Plain." in spoken(main))
        assert [request.message for request in client.requests] == ["/bogus things", "/bogus"]


@pytest.mark.parametrize("takes", [True, False])
async def test_files_are_offered_where_they_are_taken(takes: bool) -> None:
    client = scripted()
    client.capabilities = Capabilities(files=FILES) if takes else Capabilities({Feature.ATTACHMENTS: "None here."})
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        wanted = "Ask anything · / commands" + (" · @ files" if takes else "")
        await wait_until(pilot, lambda: main.chat.composer.placeholder == wanted)
