"""What was said is said differently."""

from __future__ import annotations

from tests.tui.fakes import answer, connected, make_app, scripted, spoken, wait_until


async def test_it_is_said_that_an_edited_message_is_a_new_one_and_the_draft_comes_back() -> None:
    client = scripted(answer("One."), answer("Two."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        composer, mark = main.chat.composer, main.chat.box.editing
        await pilot.press(*"first", "enter")
        await wait_until(pilot, lambda: "One." in spoken(main) and not main.chat.runs)
        await pilot.press(*"draft", "escape", "g", "E")
        await wait_until(pilot, lambda: composer.text == "first" and main.focused is composer)
        assert mark.display
        assert "sends as a new message" in str(mark.content)
        await pilot.press("escape")
        await wait_until(pilot, lambda: composer.text == "draft" and not mark.display)
        await pilot.press("escape", "g", "E")
        await wait_until(pilot, lambda: composer.text == "first")
        await pilot.press("s", "enter")
        await wait_until(pilot, lambda: "Two." in spoken(main))
        assert [request.message for request in client.requests] == ["first", "firsts"]
        await wait_until(pilot, lambda: composer.text == "draft" and not mark.display)
