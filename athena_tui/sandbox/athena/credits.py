"""Customers and their credits. Follows the quickstart's balance and the Execute page's refunds."""

from __future__ import annotations

from datetime import timedelta
from sqlite3 import Row

from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState

FROZEN_CREDITS = 25.0
CANCELLED_NOTE = "The run was cancelled. What was not used of its credits was refunded."
_CREDITS_PER_TOKEN = 0.01
_PACKS = ((50.0, "pack:small"), (200.0, "pack:medium"), (1000.0, "pack:large"))
_REFRESH_DAYS = 1


class Ledger:
    """The balances."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._database = state.database

    def customer(self, external_id: str) -> str:
        """The id of a customer, created with the starting balance on first sight."""
        row = self._database.one("SELECT id FROM athena_customers WHERE external_id = ?", (external_id,))
        if row is not None:
            return str(row["id"])
        customer_id = f"external_customer:{self._state.ids.key()}"
        self._database.execute(
            "INSERT INTO athena_customers VALUES (?, ?, ?, ?, 0.0, ?)",
            (customer_id, external_id, self._state.options.credits, FROZEN_CREDITS, self._next_refresh()),
        )
        return customer_id

    def balance(self, customer_id: str) -> Row:
        """The customer's row, refilled first when the refresh is due."""
        row = self._row(customer_id)
        if row["next_refresh_at"] > self._state.timestamp():
            return row
        self._database.execute(
            "UPDATE athena_customers SET active = max(active, ?), next_refresh_at = ? WHERE id = ?",
            (self._state.options.credits, self._next_refresh(), customer_id),
        )
        return self._row(customer_id)

    def charge(self, customer_id: str | None, credits_: float) -> bool:
        """Take credits; false when there are not enough. Runs of the workspace itself cost nothing here."""
        if customer_id is None:
            return True
        changed = self._database.execute(
            "UPDATE athena_customers SET active = round(active - ?1, 4) WHERE id = ?2 AND active >= ?1",
            (credits_, customer_id),
        )
        return changed == 1

    def refund(self, customer_id: str | None, credits_: float) -> None:
        """Give credits back."""
        if customer_id is not None:
            self._database.execute(
                "UPDATE athena_customers SET active = round(active + ?, 4) WHERE id = ?", (credits_, customer_id)
            )

    def settle_cancelled(self, customer_id: str | None, charged: float, output_tokens: int) -> float:
        """Refund what a cancelled run did not use; the credits it keeps."""
        due = min(charged, round(output_tokens * _CREDITS_PER_TOKEN, 4))
        self.refund(customer_id, charged - due)
        return due

    def report(self, customer_id: str, generation_cost: float | None) -> JsonObject:
        """The balance, and the smallest pack that covers the cost where the balance does not."""
        row = self.balance(customer_id)
        pack: tuple[float, str] | None = None
        if generation_cost is not None and generation_cost > row["active"]:
            missing = generation_cost - row["active"]
            pack = next((pack for pack in _PACKS if pack[0] >= missing), _PACKS[-1])
        return {
            "active_credits": row["active"],
            "frozen_credits": row["frozen"],
            "inactive_credits": row["inactive"],
            "next_refresh_at": row["next_refresh_at"],
            "recommended_topup_pack_id": pack[1] if pack else None,
            "recommended_topup_pack_credits": pack[0] if pack else None,
            "recommended_topup_pack_currency": "USD" if pack else None,
            "frozen_card_dismissed_at": None,
        }

    def _row(self, customer_id: str) -> Row:
        row = self._database.one("SELECT * FROM athena_customers WHERE id = ?", (customer_id,))
        if row is None:
            raise LookupError(customer_id)
        return row

    def _next_refresh(self) -> str:
        return timestamp(self._state.clock.now() + timedelta(days=_REFRESH_DAYS))
