"""Keys that users choose."""

from __future__ import annotations

from collections.abc import Mapping

from textual.widgets import Static

from athena_tui.tui.keymap import binding_ids, problems
from athena_tui.tui.launch import Connection, Target
from athena_tui.tui.screens.help import HelpScreen
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import FakeConnector, answer, connected, make_app, scripted, wait_until


class KeyedConnector(FakeConnector):
    """Connects with keys of one's own."""

    def __init__(self, client: ScriptedClient, keys: Mapping[str, str]) -> None:
        super().__init__(client)
        self._keys = keys

    async def connect(self, target: Target | None) -> Connection:
        """The same connection, with keys."""
        made = await super().connect(target)
        keys = tuple(self._keys.items())
        return Connection(made.name, made.workspace, close=made.close, resume=made.resume, keys=keys)


async def test_enter_can_break_the_line_and_another_key_send() -> None:
    client = scripted(answer("Hello."))
    keys = {"composer.send": "ctrl+s", "composer.newline": "enter"}
    app = make_app(connector=KeyedConnector(client, keys))
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("a", "enter", "b")
        assert main.chat.composer.text == "a\nb"
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: client.requests)
        assert client.requests[0].message == "a\nb"


async def test_hints_and_help_tell_the_keys_that_were_chosen_and_what_they_are_called() -> None:
    app = make_app(connector=KeyedConnector(scripted(), {"commands": "f6"}))
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: "F6 commands" in main.status.render().plain)
        await pilot.press("f1")
        await wait_until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("n")
        column = app.screen.query(".help-column").first(Static)
        await wait_until(pilot, lambda: "composer.newline" in str(column.content))
        await pilot.press("n")
        await wait_until(pilot, lambda: "composer.newline" not in str(column.content))


async def test_a_name_that_means_nothing_is_said() -> None:
    app = make_app(connector=KeyedConnector(scripted(), {"composer.sent": "ctrl+s"}))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await connected(pilot, app)
        said = [notification.message for notification in app._notifications]  # nothing public lists them
        assert said == [
            "[keys] in the configuration file: nothing is called composer.sent. Did you mean composer.send?"
        ]


def test_what_has_a_key_has_a_name() -> None:
    known = binding_ids()
    assert {"quit", "new", "composer.send", "attachments.remove", "themes.close"} <= known
    assert problems(known) == []
