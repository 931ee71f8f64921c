"""Concierge: shows newcomers around and answers what they ask about the app."""

from __future__ import annotations

import re

from athena_tui.sandbox.agents.clock import spoken_time
from athena_tui.sandbox.agents.steps import Agent, ClientCall, Reasoning, Script, Text, Turn, call_client

_WELCOME = """\
Welcome! I am the **Concierge**. You are talking to a sandbox on your own machine: nothing leaves it, no real credits \
are spent, and nothing you press here can break anything.

Three things worth a minute:

1. **Ask somebody else.** `ctrl+o` opens the agents. The *Ledger analyst* borrows tools from your machine, the \
*Researcher* thinks aloud, the *Illustrator* paints.
2. **Find anything.** `ctrl+p` opens the command palette: every command, one fuzzy search.
3. **Read at your own pace.** `esc` leaves the composer for the transcript: `j` and `k` walk, `enter` folds, `y` \
copies, `/` searches. `end` follows new text again.

Ask me about `keys`, `tools`, `credits`, `agents`, `files` or `approvals` – or say `help` for the short list.
"""

_KEYS = """\
These are the keys worth knowing first. `F1` shows the ones for wherever you are.

| Key | Does |
| --- | --- |
| `enter` | sends; `ctrl+j` breaks the line |
| `esc` | cancels a running answer, or leaves the composer |
| `ctrl+p` | command palette |
| `ctrl+n` | new conversation |
| `ctrl+o` | agents |
| `ctrl+b` | shows or hides the conversations |
| `ctrl+f` | finds a conversation |
| `ctrl+g` | writes in your editor |
| `ctrl+k` | connects to a platform |
| `F1` | help for where you are |

Outside the composer the transcript is yours: `j` and `k` walk, `enter` folds, `y` copies a block, `/` searches.
"""

_TOOLS = """\
**Client tools** run on *your* machine: an agent asks, you decide, the answer goes back, the agent carries on.

- A call waits inline. `r` runs it, `e` edits the arguments, `a` answers by hand, `x` rejects, `A` always allows.
- It never takes the keyboard from you while you type: leave the composer with `esc` or `tab` first.
- `athena-tui tools list` shows what would be offered, and `athena-tui tools check` whether it is sound.

A tool is a Python function:

```python
from athena_tui.tools import tool

@tool
def days_until(date: str) -> dict[str, int]:
    \"\"\"Days from today until an ISO date.\"\"\"
    ...
```

Load it with `athena-tui --tools days.py`. A few examples come with the app: press `ctrl+o` and try them with the \
**Ledger analyst**.
"""

_CREDITS = """\
Each agent has a price in **credits**, taken when a run starts.

- A run that **fails** is refunded in full; a **cancelled** one pays only for the tokens it produced.
- **Frozen** credits wait behind a lapsed subscription; they unlock when you resubscribe.
- Nothing left? The platform answers *402 payment required* and names a pack that would cover the run.
{balance}
Here in the sandbox the balance refills once a day, so be generous.
"""

_AGENTS = """\
The house staff, all one `ctrl+o` away:

- **Ledger analyst** – *"compare this month with the last"*; borrows `query_transactions` from your machine.
- **Researcher** – *"how do terminals draw colour?"*; thinks aloud, searches, writes at length.
- **Gatekeeper** – *"draft a mail to the team about the release"*; asks before it sends.
- **Illustrator** – *"a lighthouse at dusk"*; paints a picture, slowly.
- **Postcard writer** – takes variables instead of a message, and its price depends on them.
- **Sorter** – paste a messy note, get structured data.
- **Metronome** – *"500 tokens at 100/s"*; for measuring.
- **Echo** and **Brittle** – one repeats you, the other always fails half-way.
"""

_FILES = """\
The platform takes up to **ten** files a message, **50 MiB** each: JPEG, PNG, GIF, WebP, PDF, plain text, CSV and \
Markdown. Anything else is refused before it is sent, with the limit named. **Echo** tells you what arrived.
"""

_APPROVALS = """\
Some agents stop at a **human gate** and wait for you: `y` approves, `n` rejects, and you may add a comment. Nothing \
happens in the meantime, however long you take – close the app, come back tomorrow, decide then.

The **Gatekeeper** will show you: `ctrl+o`, then *"draft a mail to the team about the release"*.
"""

_HELP = """\
I can tell you about:

- [ ] `keys` – what to press
- [ ] `tools` – what agents may do on your machine
- [ ] `credits` – what things cost
- [ ] `agents` – who else works here
- [ ] `files` – what may come with a message
- [ ] `approvals` – agents that ask first

`ctrl+p` finds every command, `F1` explains where you are, and `esc` gets you out of anything.
"""

_TOPICS: tuple[tuple[str, str], ...] = (
    (r"help|lost|stuck", _HELP),
    (r"keys?|shortcuts?|bindings?|press", _KEYS),
    (r"tools?|functions?|handlers?", _TOOLS),
    (r"credits?|cost|price|pay|money|balance", _CREDITS),
    (r"agents?|who else|staff", _AGENTS),
    (r"files?|attach\w*|upload\w*|images?", _FILES),
    (r"approv\w*|gates?|human|confirm\w*", _APPROVALS),
)


def concierge(turn: Turn) -> Script:
    """Answer by keyword; greet on the first message without one, and stay short afterwards."""
    message = turn.message.lower()
    if re.search(r"\b(time|date|day is it|today)\b", message):
        yield from _tell_time(turn)
        return
    if re.search(r"\b(tour|hello|hi|what (?:can|do) (?:you|i) do)\b", message):
        yield Reasoning("A greeting. Give the short tour: agents, palette, transcript. Keep it to three things.")
        yield Text(_WELCOME)
        return
    topic = next((text for pattern, text in _TOPICS if re.search(rf"\b(?:{pattern})\b", message)), None)
    if topic is not None:
        yield Text(topic.replace("{balance}", _balance(turn)))
    elif re.search(r"\b(thanks?|thank you|great|nice|lovely)\b", message):
        yield Text("My pleasure. I am here all day – it is a sandbox, after all.")
    elif any(role == "assistant" for role, _ in turn.history):
        yield Reasoning("They have had the tour. No keyword I know. Point at the list and at somebody who can help.")
        yield Text(
            "I only know this house, I am afraid. Ask me about `keys`, `tools`, `credits`, `agents`, `files` or "
            "`approvals` – or press `ctrl+o` and ask the **Researcher**, who has an opinion on most things."
        )
    else:
        yield Reasoning("A new face. Give the short tour: agents, palette, transcript. Keep it to three things.")
        yield Text(_WELCOME)


def _tell_time(turn: Turn) -> Script:
    if "get_current_time" not in turn.tools:
        yield Text(
            f"My own clock says **{turn.now:%H:%M} UTC** on {turn.now:%A, %d %B %Y}. Offer me a tool called "
            "`get_current_time` and I will read yours instead."
        )
        return
    yield Text("Let me look at the clock on your wall.\n\n")
    (reply,) = yield from call_client(ClientCall("get_current_time", {}))
    if reply.ok:
        yield Text(f"Your machine says **{spoken_time(reply.result)}**.")
    else:
        yield Text(f"It would not tell me ({reply.result}). My own clock says {turn.now:%H:%M} UTC.")


def _balance(turn: Turn) -> str:
    return "" if turn.credits is None else f"- After this answer you have **{turn.credits:g}** active credits.\n"


CONCIERGE = Agent(
    key="concierge00000000000",
    name="Concierge",
    description="Shows you around and answers questions about the app.",
    category="Start here",
    credits=0.2,
    script=concierge,
    accepts_client_tools=True,
)
