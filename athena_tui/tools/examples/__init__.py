"""Client tools that come with the app, useful as they are and as examples to start from."""

from __future__ import annotations

from athena_tui.tools.examples.clock import get_current_time
from athena_tui.tools.examples.files import read_text_file
from athena_tui.tools.examples.ledger import add_transaction, list_categories, query_transactions

__all__ = ["add_transaction", "get_current_time", "list_categories", "query_transactions", "read_text_file"]
