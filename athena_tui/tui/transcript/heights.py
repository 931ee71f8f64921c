"""Rows of a long sequence of items, and the sums of them, at a cost that hardly depends on its length."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

CHUNK = 256


class _Chunk:
    """A run of neighbouring items. `rows` is `None` until someone looks inside; `total` is guessed until then."""

    __slots__ = ("count", "known", "rows", "total")

    def __init__(self, count: int, total: int) -> None:
        self.count = count
        self.total = total
        self.rows: array[int] | None = None
        self.known = bytearray()


class Heights:
    """How many rows each item takes: exact for those that were measured, estimated for the others.

    Items are kept in chunks. A chunk nobody looked into costs one guess for all its items, so opening a sequence
    of 100,000 costs some hundred steps, not 100,000.

    Args:
        estimate: Gives the likely rows of an item by its index. Called once per item, when its chunk is opened.
        guess: Likely rows of an item in a chunk that was never opened.
    """

    def __init__(self, estimate: Callable[[int], int], *, guess: int = 6) -> None:
        self._estimate = estimate
        self._guess = guess
        self._chunks: list[_Chunk] = []
        self._firsts: list[int] = [0]
        self._tops: list[int] = [0]

    def __len__(self) -> int:
        return self._firsts[-1]

    @property
    def total(self) -> int:
        """Rows of all items."""
        return self._tops[-1]

    def reset(self, count: int) -> None:
        """Start anew with `count` items of which nothing is known."""
        self._chunks = self._fresh(count)
        self._sum()
        if len(self._chunks) > 1:
            newest = self._open(len(self._chunks) - 1)
            self._guess = max(1, sum(newest) // len(newest))
            for chunk in self._chunks[:-1]:
                chunk.total = chunk.count * self._guess
            self._sum()

    def append(self, count: int) -> None:
        """Add items at the end."""
        before = len(self._chunks)
        if before and 0 < count <= CHUNK - self._chunks[-1].count:
            rows = self._open(before - 1)
            rows.extend(map(self._estimate, range(len(self), len(self) + count)))
            chunk = self._chunks[-1]
            chunk.known.extend(bytes(count))
            chunk.count, chunk.total = len(rows), sum(rows)
            self._sum(before - 1)
        else:
            self._chunks += self._fresh(count)
            self._sum(before)

    def prepend(self, count: int) -> None:
        """Add items in front; the index of every other item grows by `count`."""
        self._chunks[:0] = self._fresh(count)
        self._sum()

    def drop_last(self, count: int) -> None:
        """Remove items from the end."""
        while count > 0 and self._chunks:
            chunk = self._chunks[-1]
            if chunk.count <= count:
                count -= chunk.count
                self._chunks.pop()
                continue
            rows = self._open(len(self._chunks) - 1)
            del rows[-count:], chunk.known[-count:]
            chunk.count -= count
            chunk.total = sum(rows)
            count = 0
        self._sum(len(self._chunks) - 1)

    def rows(self, index: int) -> int:
        """Rows of one item."""
        chunk, within = self._locate(index)
        return self._open(chunk)[within]

    def is_known(self, index: int) -> bool:
        """Whether the rows of an item were measured."""
        chunk, within = self._locate(index)
        known = self._chunks[chunk].known
        return bool(known and known[within])

    def set(self, index: int, rows: int, *, known: bool = True) -> None:
        """Say how many rows an item takes; `known` false for a better estimate."""
        number, within = self._locate(index)
        inside = self._open(number)
        chunk = self._chunks[number]
        chunk.known[within] = known
        change = rows - inside[within]
        if change:
            inside[within] = rows
            chunk.total += change
            self._shift(number, change)

    def row_of(self, index: int) -> int:
        """Rows before an item; `index` may be one past the last."""
        if index >= len(self):
            return self.total
        chunk, within = self._locate(index)
        return self._tops[chunk] + sum(self._open(chunk)[:within])

    def find(self, row: int) -> tuple[int, int]:
        """The item that shows a row and the line within it; past the end, the number of items and the rest."""
        row = max(0, row)
        if row >= self.total:
            return len(self), row - self.total
        number = bisect_right(self._tops, row) - 1
        rows = self._open(number)
        if not self._tops[number] <= row < self._tops[number + 1]:
            # Looking inside replaced the guess by estimates, which may have moved the row to another chunk.
            return self.find(row)
        left = row - self._tops[number]
        for within, height in enumerate(rows):
            if left < height:
                return self._firsts[number] + within, left
            left -= height
        raise AssertionError("the sum of a chunk is not the sum of its items")

    def _locate(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        number = bisect_right(self._firsts, index) - 1
        return number, index - self._firsts[number]

    def _fresh(self, count: int) -> list[_Chunk]:
        sizes = [CHUNK] * (count // CHUNK)
        if count % CHUNK:
            sizes.append(count % CHUNK)
        return [_Chunk(size, size * self._guess) for size in sizes]

    def _open(self, number: int) -> array[int]:
        chunk = self._chunks[number]
        if chunk.rows is None:
            first = self._firsts[number]
            chunk.rows = array("l", map(self._estimate, range(first, first + chunk.count)))
            chunk.known = bytearray(chunk.count)
            before, chunk.total = chunk.total, sum(chunk.rows)
            self._shift(number, chunk.total - before)
        return chunk.rows

    def _shift(self, number: int, change: int) -> None:
        """The rows of a chunk changed."""
        if change:
            for later in range(number + 1, len(self._tops)):
                self._tops[later] += change

    def _sum(self, number: int = 0) -> None:
        """Sum up again from a chunk on."""
        number = max(0, number)
        chunks = self._chunks[number:]
        del self._firsts[number + 1 :], self._tops[number + 1 :]
        self._firsts[number:] = accumulate((c.count for c in chunks), initial=self._firsts[number])
        self._tops[number:] = accumulate((c.total for c in chunks), initial=self._tops[number])
