"""The scrollbar beside the pane, drawn again only where its thumb moves."""

from __future__ import annotations

from textual.scrollbar import ScrollBar


class BarMirror:
    """Tells Textual's scrollbar where the view stands.

    The bar's own reactives would draw it with every line that arrives, though its thumb moves only now and then.
    """

    def __init__(self) -> None:
        self._thumb = (0, 0)

    def show(self, bar: ScrollBar, total: int, top: int, page: int) -> None:
        """Rows in all, rows before the view, and rows in view."""
        eighths = 8 * page
        thumb = (top * eighths // max(1, total), min(eighths, page * eighths // max(1, total)))
        moved, self._thumb = thumb != self._thumb, thumb
        bar.set_reactive(ScrollBar.window_virtual_size, total)
        bar.set_reactive(ScrollBar.window_size, page)
        bar.set_reactive(ScrollBar.position, float(top))
        if moved:
            bar.refresh()
