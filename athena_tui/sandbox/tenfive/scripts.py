"""The agents of the TenFive sandbox, as scripts: what a worker does about a task, beat by beat.

A script is a generator and depends on nothing but its task and the answers it is sent, so that a worker can run it
again from the start and go on where an earlier worker stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

TOKEN_DELAY = 0.02
"""Seconds between two tokens of an ordinary agent."""

_METRONOME_MOST = 1_000_000
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TOKEN = re.compile(r"\s*\S+|\s+")


@dataclass(frozen=True, slots=True)
class Task:
    """What a run was asked. `earlier` are the user's messages before this one; `random` is seeded for this run."""

    prompt: str
    random: Random
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A signal that lets a waiting script go on: `approve` or `submit_input`."""

    action: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One `step.progress`, `delay` seconds after the beat before it."""

    value: dict[str, Any]
    delay: float = TOKEN_DELAY


@dataclass(frozen=True, slots=True)
class StepDone:
    """The end of a step: `succeeded`, `retry_step` or `fail_run`."""

    outcome: str = "succeeded"


@dataclass(frozen=True, slots=True)
class AwaitInput:
    """A human gate; the script is sent an `Answer`."""

    value: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stall:
    """The worker dies without a word; only a resume brings the next one."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The run fails."""

    reason_code: str


@dataclass(frozen=True, slots=True)
class ExceedLimit:
    """The run is stopped by a limit."""

    limit: str


Beat: TypeAlias = Progress | StepDone | AwaitInput | Stall | Fail | ExceedLimit
Script: TypeAlias = Callable[[Task], Generator[Beat, Answer | None, None]]


def say(text: str, delay: float = TOKEN_DELAY) -> Iterator[Progress]:
    """Stream text token by token."""
    for token in _TOKEN.findall(text):
        yield Progress({"kind": "content_delta", "content_delta": token}, delay)


def think(text: str) -> Iterator[Progress]:
    """Stream reasoning token by token."""
    for token in _TOKEN.findall(text):
        yield Progress({"kind": "reasoning_delta", "reasoning_delta": token})


def use_tool(call_id: str, name: str, arguments: dict[str, Any], result: Any, seconds: float) -> Iterator[Progress]:
    """Call a tool of the platform and get its result after some seconds."""
    yield Progress({"kind": "tool_call", "tool_call_id": call_id, "tool_name": name, "arguments": arguments})
    yield Progress(
        {
            "kind": "tool_result",
            "tool_call_id": call_id,
            "tool_name": name,
            "outcome": "success",
            "result": result,
            "duration_ms": round(seconds * 1000),
        },
        seconds,
    )


def concierge(task: Task) -> Generator[Beat, Answer | None, None]:
    """Welcomes, and shows that it was told what was said before."""
    greeting = task.random.choice(("Good day", "Welcome", "Hello"))
    yield from say(f"{greeting}! You asked: *{task.prompt}*\n\n")
    if task.earlier:
        yield from say(f"Before that you said *{task.earlier[-1]}*, and I have not forgotten.\n\n")
    yield from say(
        "This is the sandbox: nothing leaves your machine. Begin a message with a name to meet a colleague:\n\n"
        "| name | does |\n| --- | --- |\n"
    )
    yield from say("".join(f"| `@{name}` | {(script.__doc__ or '').strip()} |\n" for name, script in SCRIPTS.items()))
    yield StepDone()


def researcher(task: Task) -> Generator[Beat, Answer | None, None]:
    """Plans, searches and reads in three steps, then reports."""
    yield from think(f"The question is {task.prompt!r}. Search first, then read the best source, then report.")
    yield from say("I will look that up.\n\n")
    yield StepDone()
    hits = [{"title": f"Source {n}", "score": round(task.random.uniform(0.5, 1.0), 2)} for n in (1, 2, 3)]
    yield from use_tool("call_1", "web_search", {"query": task.prompt}, hits, 0.4)
    best = max(hits, key=lambda hit: float(str(hit["score"])))
    yield from use_tool("call_2", "read_page", {"title": best["title"]}, {"words": task.random.randint(400, 900)}, 0.3)
    yield from say(f"Of {len(hits)} sources, **{best['title']}** answers it best.\n\n")
    yield StepDone()
    yield from say("## Report\n\n")
    for hit in hits:
        yield from say(f"- {hit['title']} (score {hit['score']})\n")
    yield from say("\nAsk again for more detail.\n")
    yield StepDone()


def gatekeeper(task: Task) -> Generator[Beat, Answer | None, None]:
    """Waits for an approval, then for a recipient, before it acts."""
    yield from say(f"I have prepared: *{task.prompt}*. It needs your approval.\n\n")
    yield StepDone()
    yield AwaitInput({"reason_code": "AWAITING_APPROVAL", "input_kind": "approval", "prompt": "Send the message?"})
    yield from say("Approved. ")
    yield StepDone()
    answer = yield AwaitInput(
        {"reason_code": "AWAITING_INPUT", "input_kind": "input", "prompt": "Who should receive it?"}
    )
    yield from say(f"Sent to {answer.text if answer and answer.text else 'nobody'}.\n")
    yield StepDone()


def reviser(task: Task) -> Generator[Beat, Answer | None, None]:
    """Says something wrong, takes it back and says it better."""
    yield from say("First the part that stays.\n\n")
    yield StepDone()
    yield from say(f"About *{task.prompt}* I am entirely wrong here, and the judge will notice.\n")
    yield StepDone("retry_step")
    yield from say(f"About *{task.prompt}*: this is the corrected text.\n")
    yield StepDone()


def unlucky(task: Task) -> Generator[Beat, Answer | None, None]:
    """Begins well and fails in its second step."""
    yield from say("The first step works.\n\n")
    yield StepDone()
    yield from say(f"The second one, about {task.prompt},")
    yield StepDone("fail_run")
    yield Fail("STEP_FAILED")


def sleeper(task: Task) -> Generator[Beat, Answer | None, None]:
    """Loses its worker halfway and goes on once the run is resumed."""
    yield from say("One half before the worker is lost, ")
    yield Stall()
    yield from say(f"the other half after the run was resumed: {task.prompt}\n")
    yield StepDone()


def glutton(task: Task) -> Generator[Beat, Answer | None, None]:
    """Runs into the limit of steps."""
    for step in range(1, 4):
        yield from say(f"Step {step} of too many for {task.prompt}.\n")
        yield StepDone()
    yield ExceedLimit("max_steps")


def echo(task: Task) -> Generator[Beat, Answer | None, None]:
    """Repeats the message."""
    yield from say(task.prompt)
    yield StepDone()


def metronome(task: Task) -> Generator[Beat, Answer | None, None]:
    """Streams so many tokens at such a rate: `@metronome 500 at 100`."""
    numbers = [float(number) for number in _NUMBER.findall(task.prompt)]
    count = min(int(numbers[0]) if numbers else 100, _METRONOME_MOST)
    rate = numbers[1] if len(numbers) > 1 else 50.0
    delay = 1 / rate if rate else 0.0
    for number in range(1, count + 1):
        yield Progress({"kind": "content_delta", "content_delta": f"tick{number} "}, delay)
    yield StepDone()


SCRIPTS: dict[str, Script] = {
    script.__name__: script
    for script in (concierge, researcher, gatekeeper, reviser, unlucky, sleeper, glutton, echo, metronome)
}


def pick(routing_hint: str | None, prompt: str) -> tuple[str, str]:
    """The script for a run and the prompt without the `@name` that chose it; the concierge where nobody is named."""
    name, _, rest = prompt.partition(" ")
    if name.startswith("@") and name[1:] in SCRIPTS:
        return name[1:], rest
    if routing_hint in SCRIPTS:
        return routing_hint, prompt
    return "concierge", prompt
