"""What must survive a restart, in SQLite. Knows no terminal."""

from __future__ import annotations

from athena_tui.store.conversations import Conversations
from athena_tui.store.database import StoreError
from athena_tui.store.drafts import Draft, Drafts
from athena_tui.store.history import PromptHistory
from athena_tui.store.messages import Messages, SearchHit, StoredMessage
from athena_tui.store.runs import RunInFlight, Runs
from athena_tui.store.store import Store
from athena_tui.store.ui_state import UiState

__all__ = [
    "Conversations",
    "Draft",
    "Drafts",
    "Messages",
    "PromptHistory",
    "RunInFlight",
    "Runs",
    "SearchHit",
    "Store",
    "StoreError",
    "StoredMessage",
    "UiState",
]
