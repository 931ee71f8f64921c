"""Markdown that only grows, drawn as lines: what is settled is never parsed or rendered again.

A document is read line by line; a line that is not finished yet is read as soon as no further character could change
what it is. So the drawing depends on the text alone, never on how it was cut. Where CommonMark needs more of the text
than is bounded, a bounded rule takes its place:

- Emphasis, code and links reach over at most 1,000 characters of a paragraph; then an open delimiter is literal.
- A paragraph longer than 1,000 characters does not become a heading by the line below it.
- A link definition fits on one line; links that were used before their definition are resolved when the text ends.
- Footnotes are drawn where they are written. `[^1]` is taken for one until the text ends without its note.
- Lists are neither tight nor loose: an empty line is drawn between items where the source has one.
- In a table of more than 32 rows a column that grows takes a quarter more than it needs.
- Code is highlighted from top to bottom: a line's colours never depend on a later line. Only the first 1,000
  characters of a line are highlighted.
- Containers nest at most 32 deep. HTML is text, but `<br>` breaks the line; in a table it is a space.
"""

from __future__ import annotations

from athena_tui.tui.markdown.document import MarkdownDocument, render_markdown

__all__ = ["MarkdownDocument", "render_markdown"]
