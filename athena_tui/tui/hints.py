"""Which keys matter now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from athena_tui.tui.keys import key_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from athena_tui.tui.widgets.chat import Chat

NONE: Mapping[str, str] = {}


def hints(chat: Chat, *, writing: bool, reading: bool, keys: Mapping[str, str] = NONE) -> list[tuple[str, str]]:
    """Keys and what they do, the one that matters most first.

    Args:
        chat: The open conversation.
        writing: Whether the composer has the keyboard.
        reading: Whether the transcript has it.
        keys: Those that the user chose, by the name of what they do.
    """

    def key(name: str, usual: str) -> str:
        return key_name(keys[name].split(",")[0].strip()) if name in keys else usual

    leave, send = key("composer.leave", "esc"), key("composer.send", "enter")
    found: list[tuple[str, str]] = []
    if not writing:
        found.append((key("transcript.leave", "esc") if reading else "esc", "write"))
    elif chat.question is not None:
        found += [(send, "answer" if chat.answered is not None else "queue"), (leave, "read")]
    elif chat.waits:
        found.append((leave, "answer what waits"))
    elif chat.runs:
        found += [(leave, "stop"), (key("composer.complete", "tab"), "read")]
    elif chat.may_discard:
        found.append((f"{leave} again", "discards what was said"))
    elif not chat.welcome.display:
        found.append((leave, "read"))
    if reading and chat.view.wide_block is not None:
        found.append(("← →", "see all of it"))
    return [*found, (key("commands", "ctrl+p"), "commands"), (key("help", "F1"), "help")]
