"""What a run cost, told from the balance before and after it."""

from __future__ import annotations


class Charge:
    """Between two balances lies the cost of a run only where it was the only one; of several nobody knows."""

    def __init__(self) -> None:
        self.runs = 0
        """How many began since the balance was settled."""
        self._before: float | None = None

    def begin(self, balance: float | None) -> None:
        """A run begins at a balance in credits, if that is known."""
        if not self.runs:
            self._before = balance
        self.runs += 1

    def lose(self) -> None:
        """A run was lost from sight: it may be charged later."""
        self._before = None

    def settle(self, balance: float) -> float | None:
        """No run is under way and this is the balance; returns the credits that a run cost, where that is known."""
        alone, self.runs = self.runs == 1, 0
        if not alone or self._before is None or balance >= self._before:
            return None
        return self._before - balance
