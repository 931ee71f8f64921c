"""Whether new text is followed, and how much of it arrived out of sight."""

from __future__ import annotations


class Following:
    """On while the reader is at the end; off, and counting, while they are elsewhere."""

    def __init__(self) -> None:
        self._following = True
        self.new_rows = 0

    def __bool__(self) -> bool:
        return self._following

    def set(self, *, following: bool) -> bool:
        """Follow from now on, or stop; whether that is a change."""
        changed = following != self._following
        self._following = following
        if following:
            self.new_rows = 0
        return changed

    def missed(self, rows: int) -> None:
        """So many rows more came in below the reader."""
        if not self._following:
            self.new_rows = max(0, self.new_rows + rows)

    def words(self, rows_below: int, sign: str) -> str | None:
        """What the chip says, given the rows below the view; nothing where nothing is new."""
        count = min(self.new_rows, rows_below)
        if count <= 0:
            return None
        return f"{sign} {count:,} new {'line' if count == 1 else 'lines'}"
