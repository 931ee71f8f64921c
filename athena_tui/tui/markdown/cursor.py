"""A place in a line of source."""

from __future__ import annotations


class Cursor:
    """A place in a line, counted in columns, with tab stops every four."""

    __slots__ = ("column", "owed", "pos", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.column = 0
        self.owed = 0

    def indent(self) -> int:
        columns = self.owed
        column = self.column + self.owed
        for char in self.text[self.pos : self.pos + 200]:
            if char == " ":
                columns += 1
                column += 1
            elif char == "\t":
                step = 4 - column % 4
                columns += step
                column += step
            else:
                break
        return columns

    def skip(self, columns: int) -> None:
        while columns > 0:
            if self.owed:
                self.owed -= 1
            elif self.text.startswith(" ", self.pos):
                self.pos += 1
            elif self.text.startswith("\t", self.pos):
                self.pos += 1
                self.owed = 4 - self.column % 4 - 1
            else:
                return
            self.column += 1
            columns -= 1

    def advance(self, chars: int) -> None:
        self.pos += chars
        self.column += chars

    def rest(self) -> str:
        return " " * self.owed + self.text[self.pos :]

    def words(self) -> str:
        return self.text[self.pos :].lstrip(" \t")


__all__ = ["Cursor"]
