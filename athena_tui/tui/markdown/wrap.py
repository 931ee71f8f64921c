"""Wraps styled text into rows, word by word, keeping no more than the row and the word that are still open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len, split_graphemes
from rich.style import Style

Piece = tuple[str, Style]
"""Text and its style; a newline in the text is a hard break, every other run of spaces a place to wrap."""

_TOKENS = re.compile(r"\n| +|[^ \n]+")
_WIDE = "\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003fffd"
_OPENING = "\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\uff08\uff3b\uff5b"
_TRAILING = (
    "\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d"
    "\u30fc\u0300-\u036f\u200d\ufe0e\ufe0f!-/:-@"
)
_JOINERS = frozenset("\u200d\ufe0f")
_IDEOGRAPH = re.compile(f"[{_WIDE}]")
# Text that is written without spaces may be wrapped between any two of these.
_ATOMS = re.compile(f"[{_OPENING}]*[{_WIDE}][{_TRAILING}]*|(?:(?![{_OPENING}]*[{_WIDE}])[\\s\\S])+")


@dataclass(slots=True)
class Row:
    """One wrapped row: its pieces, and what joins it to the next one in logical text."""

    pieces: list[Piece]
    join: str

    @property
    def text(self) -> str:
        """The logical text of the row."""
        return "".join([text for text, _ in self.pieces])


def cells_of(text: str) -> int:
    """Cells that `text` takes on the screen; most text is ASCII and needs no measuring."""
    return len(text) if text.isascii() else cell_len(text)


class Wrapper:
    """Greedy wrapping of text that keeps coming: a finished row never changes.

    A word wider than the row is broken between grapheme clusters.

    Args:
        width: Cells of a row, at least 2.
    """

    __slots__ = ("_glue", "_glue_style", "_joined", "_row", "_row_cells", "_unspaced", "_width", "_word", "_word_cells")

    def __init__(self, width: int) -> None:
        self._width = width
        self._row: list[Piece] = []
        self._row_cells = 0
        self._word: list[Piece] = []
        self._word_cells = 0
        self._glue = ""
        self._glue_style: Style | None = None
        self._unspaced = False
        self._joined = False

    def copy(self) -> Wrapper:
        """A wrapper in the same state, to look ahead with."""
        other = Wrapper(self._width)
        other._row = self._row.copy()
        other._row_cells = self._row_cells
        other._word = self._word.copy()
        other._word_cells = self._word_cells
        other._glue = self._glue
        other._glue_style = self._glue_style
        other._unspaced = self._unspaced
        other._joined = self._joined
        return other

    def feed(self, pieces: Iterable[Piece]) -> list[Row]:
        """Add text; returns the rows it finished."""
        rows: list[Row] = []
        for text, style in pieces:
            for token in _TOKENS.findall(text):
                first = token[0]
                if first == "\n":
                    self._place_word(rows)
                    self._end_row(rows, "\n")
                elif first == " ":
                    self._place_word(rows)
                    if self._row:
                        self._glue, self._glue_style = " ", style
                    self._unspaced = False
                elif token.isascii():
                    self._unspaced = False
                    self._add(token, style, rows)
                else:
                    self._add_atoms(token, style, rows)
        return rows

    def finish(self) -> list[Row]:
        """Close the text; returns its last rows."""
        rows: list[Row] = []
        self._place_word(rows)
        if self._row or not rows:
            self._end_row(rows, "\n")
        rows[-1].join = "\n"
        return rows

    def _add_atoms(self, token: str, style: Style, rows: list[Row]) -> None:
        # With joiners the width of a text is not the sum of the widths of its parts.
        self._joined = self._joined or not _JOINERS.isdisjoint(token)
        for atom in _ATOMS.findall(token):
            unspaced = _IDEOGRAPH.search(atom) is not None
            if self._word and (unspaced or self._unspaced):
                self._place_word(rows)
            self._add(atom, style, rows)
            self._unspaced = unspaced

    def _add(self, text: str, style: Style, rows: list[Row]) -> None:
        word = self._word
        if word and word[-1][1] is style:
            before = word[-1][0]
            merged = before + text
            word[-1] = (merged, style)
            self._word_cells += cells_of(text) if not self._joined else cells_of(merged) - cells_of(before)
        else:
            word.append((text, style))
            self._word_cells += cells_of(text)
        if self._word_cells > self._width:
            self._break_word(rows)

    def _place_word(self, rows: list[Row]) -> None:
        if not self._word:
            return
        if self._row:
            if self._joined:
                row = self._joint(self._row.copy())
                cells = _measure(row)
            else:
                cells = self._row_cells + len(self._glue) + self._word_cells
                row = self._joint(self._row) if cells <= self._width else self._row
            if cells <= self._width:
                self._row, self._row_cells = row, cells
                self._word, self._word_cells, self._glue = [], 0, ""
                return
            self._end_row(rows, self._glue)
        self._row, self._row_cells = self._word, self._word_cells
        self._word, self._word_cells, self._glue = [], 0, ""

    def _joint(self, row: list[Piece]) -> list[Piece]:
        """The row with the open word added to it."""
        if self._glue and self._glue_style is not None:
            _push(row, self._glue, self._glue_style)
        for text, style in self._word:
            _push(row, text, style)
        return row

    def _break_word(self, rows: list[Row]) -> None:
        if self._row:
            self._end_row(rows, self._glue)
        row: list[Piece] = []
        cells = 0
        for text, style in self._word:
            start = 0
            size = 0
            for begin, end, added in split_graphemes(text)[0]:
                grown = cell_len(text[start:end]) if self._joined else size + added
                if cells + grown > self._width and (row or begin > start):
                    if begin > start:
                        row.append((text[start:begin], style))
                    rows.append(Row(row, ""))
                    row, cells, start = [], 0, begin
                    grown = cell_len(text[begin:end]) if self._joined else added
                size = grown
            row.append((text[start:], style))
            cells += size
        self._word = row
        self._word_cells = _measure(row)

    def _end_row(self, rows: list[Row], join: str) -> None:
        rows.append(Row(self._row, join))
        self._row, self._row_cells, self._glue = [], 0, ""
        self._joined = self._joined and bool(self._word)


def _measure(pieces: list[Piece]) -> int:
    return sum([cells_of(text) for text, _ in pieces])


def _push(row: list[Piece], text: str, style: Style) -> None:
    if row and row[-1][1] is style:
        row[-1] = (row[-1][0] + text, style)
    else:
        row.append((text, style))


__all__ = ["Piece", "Row", "Wrapper", "cells_of"]
