"""The containers that are open, and what is drawn between and beside the blocks in them."""

from __future__ import annotations

import re

from athena_tui.tui.markdown.gutter import Container, Gutter, Item, ListRun, Quote, gutter_of
from athena_tui.tui.markdown.notes import note_mark
from athena_tui.tui.palette import Palette

_TASK = re.compile(r"\[([ xX])\][ \t]+")


def without_task(text: str) -> str:
    """The text of an item without the box of a task."""
    task = _TASK.match(text)
    return text[task.end() :] if task else text


class Nesting:
    """The open block quotes and list items, outermost first.

    Args:
        width: Cells of a whole line.
        palette: What gutters are drawn with.
    """

    def __init__(self, width: int, palette: Palette) -> None:
        self.containers: list[Quote | Item] = []
        self._root = Container()
        self._width = width
        self._palette = palette

    def enter(self, opens: list[Quote | Item], text: str = "") -> None:
        """Open containers; `text` is what the innermost begins with."""
        for at, container in enumerate(opens):
            parent = self.containers[-1] if self.containers else self._root
            if isinstance(container, Item):
                self._number(container, parent, text if at == len(opens) - 1 else "")
            else:
                parent.run = None
            self.containers.append(container)

    def leave(self, depth: int) -> None:
        """Close the containers below `depth`."""
        del self.containers[depth:]

    def ends_empty(self, depth: int) -> bool:
        """Whether closing the containers below `depth` closes an item of which nothing was drawn."""
        last = self.containers[-1] if len(self.containers) > depth else None
        return isinstance(last, Item) and not last.drawn

    def start_block(self, *, blank: bool) -> tuple[Gutter | None, Gutter]:
        """A block begins in the innermost container.

        Args:
            blank: The source has an empty line before it.

        Returns:
            The gutter of the empty line to draw before the block, if there is one, and the gutter of the block.
        """
        containers = self.containers
        fresh = next((at for at, container in enumerate(containers) if not container.drawn), len(containers))
        parent = containers[fresh - 1] if fresh else self._root
        child = containers[fresh] if fresh < len(containers) else None
        gap = None
        if self._root.drawn and (blank or _separates(parent, child)):
            gap = gutter_of(containers[:fresh], self._width, self._palette)
            for container in containers[:fresh]:
                if isinstance(container, Item):
                    container.spaced = True
        gutter = gutter_of(containers, self._width, self._palette)
        if child is None:
            parent.run = None
        self._root.drawn = True
        for container in containers:
            container.drawn = True
        return gap, gutter

    def _number(self, item: Item, parent: Container, text: str) -> None:
        run = parent.run
        item.sibling = run is not None and run.marker == item.marker
        if run is None or not item.sibling:
            run = parent.run = ListRun(item.marker, item.number or 0)
        else:
            run.number += 1
        before, run.last = run.last, item
        item.parted = before is not None and before.spaced
        plain = self._palette.ascii
        if item.label:
            item.shown = note_mark(item.label) + " "
            return
        item.shown = f"{run.number}{item.marker} " if item.number is not None else ("- " if plain else "• ")
        if task := _TASK.match(text):
            done = task.group(1) != " "
            box = ("[x] " if done else "[ ] ") if plain else ("☑ " if done else "☐ ")
            item.shown = box if item.number is None else item.shown + box


def _separates(parent: Container, child: Container | None) -> bool:
    """Whether an empty line is drawn before a block even where the source has none."""
    if isinstance(child, Item) and child.sibling:
        return child.parted
    return not isinstance(parent, Item)


__all__ = ["Nesting", "without_task"]
