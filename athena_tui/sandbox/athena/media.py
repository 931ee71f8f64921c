"""Generated pictures. No page documents `/my/media`; items name what the events name."""

from __future__ import annotations

from athena_tui.sandbox.athena.conversations import PageRequest, page
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.picture import HEIGHT, WIDTH
from athena_tui.sandbox.state import SandboxState


class Media:
    """The pictures of all customers; kept as the prompt they can be painted from again."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._database = state.database

    def add(self, customer_id: str | None, execution_id: str, prompt: str, base_url: str) -> JsonObject:
        """Keep a picture; its item."""
        key = self._state.ids.key()
        moment = self._state.timestamp()
        self._database.execute(
            "INSERT INTO athena_media VALUES (?, ?, ?, ?, ?)",
            (f"media:{key}", customer_id, execution_id, prompt, moment),
        )
        return _item(f"media:{key}", base_url, execution_id, moment)

    def prompt(self, key: str) -> str | None:
        """What a picture was painted from."""
        row = self._database.one("SELECT prompt FROM athena_media WHERE id = ?", (f"media:{key}",))
        return None if row is None else str(row["prompt"])

    def recent(self, customer_id: str, request: PageRequest, base_url: str) -> JsonObject:
        """A page of a customer's pictures, the latest first."""
        after = request.after if len(request.after) == 2 else ("~", "")
        rows = self._database.all(
            "SELECT * FROM athena_media WHERE customer_id = ? AND (created_at, id) < (?, ?)"
            " ORDER BY created_at DESC, id DESC LIMIT ?",
            (customer_id, *after, request.limit + 1),
        )
        items = [_item(row["id"], base_url, row["execution_id"], row["created_at"]) for row in rows]
        return page(rows, request, ("created_at", "id"), items)


def _item(media_id: str, base_url: str, execution_id: str, moment: str) -> JsonObject:
    return {
        "id": media_id,
        "url": f"{base_url}/media/{media_id.partition(':')[2]}.png",
        "content_type": "image/png",
        "media_type": "image",
        "width": WIDTH,
        "height": HEIGHT,
        "execution_id": execution_id,
        "created_at": moment,
    }
