"""The keys of the message pane; help, the palette and the docs are generated from these."""

from __future__ import annotations

from textual.binding import Binding, BindingType

BINDINGS: list[BindingType] = [
    # Keys of a part that waits for a person come first: they count only while the cursor is on such a part.
    Binding("r", "decide('run')", "Run the tool", id="transcript.tool.run", show=False),
    Binding("e", "decide('edit')", "Edit the tool's arguments", id="transcript.tool.edit", show=False),
    Binding("a", "decide('answer')", "Answer the tool call by hand", id="transcript.tool.answer", show=False),
    Binding("x", "decide('reject')", "Reject the tool call", id="transcript.tool.reject", show=False),
    Binding("A", "decide('always')", "Always allow this tool", id="transcript.tool.always", show=False),
    Binding("y", "gate('approve')", "Approve", id="transcript.gate.approve", show=False),
    Binding("n", "gate('reject')", "Reject", id="transcript.gate.reject", show=False),
    Binding("c", "gate('comment')", "Comment and approve", id="transcript.gate.comment", show=False),
    Binding("i,a", "write", "Write", id="transcript.write", show=False),
    Binding("j,down", "cursor(1)", "Next block", id="transcript.next", show=False),
    Binding("k,up", "cursor(-1)", "Previous block", id="transcript.previous", show=False),
    Binding("g", "first", "First block", id="transcript.first", show=False),
    Binding("G", "last", "Last block", id="transcript.last", show=False),
    Binding("home", "start", "Go to the start", id="transcript.start", show=False),
    Binding("end", "follow", "Go to the end and follow", id="transcript.end"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", id="transcript.half_down", show=False),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", id="transcript.half_up", show=False),
    Binding("pagedown,space", "page(1)", "Page down", id="transcript.page_down", show=False),
    Binding("pageup", "page(-1)", "Page up", id="transcript.page_up", show=False),
    Binding("enter", "fold", "Fold or unfold", id="transcript.fold"),
    Binding("p", "pin", "Pin the thinking open", id="transcript.pin", show=False),
    Binding("h,left,shift+left", "sideways(-8)", "Scroll a wide block left", id="transcript.left", show=False),
    Binding("l,right,shift+right", "sideways(8)", "Scroll a wide block right", id="transcript.right", show=False),
    Binding("y,ctrl+c,super+c", "copy", "Copy the selection or the block", id="transcript.copy"),
    Binding("Y", "copy_code", "Copy the code", id="transcript.copy_code", show=False),
    Binding("ctrl+y", "copy_answer", "Copy the whole answer as Markdown", id="transcript.copy_answer", show=False),
    Binding("o", "open", "Open in the pager or editor", id="transcript.open", show=False),
    Binding("s", "save", "Save the picture", id="transcript.save", show=False),
    Binding("R", "retry", "Run the turn again", id="transcript.retry"),
    Binding("E", "edit", "Edit what you said and send it again", id="transcript.edit", show=False),
    Binding("plus", "rate(1)", "Rate the turn up", id="transcript.rate_up", show=False),
    Binding("minus", "rate(-1)", "Rate the turn down", id="transcript.rate_down", show=False),
    # With priority the app opens the search before it looks where the next key goes: that one is to be searched for.
    Binding("slash", "search", "Search in the conversation", id="transcript.search", priority=True),
    Binding("n", "match(1)", "Next match", id="transcript.next_match", show=False),
    Binding("N", "match(-1)", "Previous match", id="transcript.previous_match", show=False),
    Binding("escape", "leave", "Drop the selection and the search, then write", id="transcript.leave", show=False),
]
