"""Which keys matter now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from athena_tui.tui.widgets.chat import Chat


def hints(chat: Chat, *, writing: bool, reading: bool) -> list[tuple[str, str]]:
    """Keys and what they do, the one that matters most first.

    Args:
        chat: The open conversation.
        writing: Whether the composer has the keyboard.
        reading: Whether the transcript has it.
    """
    found: list[tuple[str, str]] = []
    if not writing:
        found.append(("esc", "write"))
    elif chat.question is not None:
        found += [("enter", "answer" if chat.answered is not None else "queue"), ("esc", "read")]
    elif chat.waits:
        found.append(("esc", "answer what waits"))
    elif chat.runs:
        found += [("esc", "stop"), ("tab", "read")]
    elif chat.may_discard:
        found.append(("esc again", "discards what was said"))
    elif not chat.welcome.display:
        found.append(("esc", "read"))
    if reading and chat.view.wide_block is not None:
        found.append(("← →", "see all of it"))
    return [*found, ("ctrl+p", "commands"), ("F1", "help")]
