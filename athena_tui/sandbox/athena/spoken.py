"""What a run said so far: its text, its tokens and what they cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from athena_tui.sandbox.agents.steps import Output, Reasoning, Step, Text, Tokens
from athena_tui.sandbox.athena.executions import Execution
from athena_tui.sandbox.json_text import JsonObject, encode

_TOKEN = re.compile(r"\s*[^\s]{1,7}|\s+")
_CHARACTERS_PER_TOKEN = 4
_SYSTEM_PROMPT_TOKENS = 40
_MICRODOLLARS_PER_INPUT_TOKEN = 3
_MICRODOLLARS_PER_OUTPUT_TOKEN = 15


@dataclass(slots=True)
class Spoken:
    """The words of one run. `unsaved` are those that are in no message of the conversation yet."""

    execution: Execution
    text: list[str] = field(default_factory=list)
    unsaved: list[str] = field(default_factory=list)
    output_tokens: int = 0
    structured: object = None

    def remember(self, step: Step) -> None:
        """Take a step that was performed before the run was suspended."""
        if isinstance(step, Text | Tokens | Reasoning):
            said = chunks(step)
            self.output_tokens += len(said)
            if not isinstance(step, Reasoning):
                self.text.extend(said)
        elif isinstance(step, Output):
            self.structured = step.value

    def say(self, step: Text | Tokens | Reasoning, chunk: str) -> JsonObject:
        """Take one chunk of a step; its event."""
        self.output_tokens += 1
        if isinstance(step, Reasoning):
            return {"type": "reasoning", "text": chunk}
        self.text.append(chunk)
        self.unsaved.append(chunk)
        return {"type": "text", "text": chunk}

    def take_unsaved(self) -> str:
        """What was said since the last time."""
        text, self.unsaved = "".join(self.unsaved), []
        return text

    def usage(self) -> dict[str, int]:
        """Tokens as a provider would count them, roughly."""
        turn = self.execution.turn
        heard = len(turn["message"]) + sum(len(content) for _, content in turn["history"])
        heard += len(encode(self.execution.answers))
        tokens = _SYSTEM_PROMPT_TOKENS + heard // _CHARACTERS_PER_TOKEN
        return {
            "input_tokens": tokens,
            "output_tokens": self.output_tokens,
            "total_tokens": tokens + self.output_tokens,
        }

    def cost(self) -> int:
        """Microdollars."""
        usage = self.usage()
        inputs = usage["input_tokens"] * _MICRODOLLARS_PER_INPUT_TOKEN
        return inputs + usage["output_tokens"] * _MICRODOLLARS_PER_OUTPUT_TOKEN

    def output(self) -> JsonObject:
        """The `output` object of a synchronous answer and of `final`."""
        return {
            "text": "".join(self.text),
            "parsed_output": self.structured,
            "usage": self.usage(),
            "cost_microdollars": self.cost(),
        }


def chunks(step: Text | Tokens | Reasoning) -> Sequence[str]:
    """The pieces a step is streamed in."""
    return step.chunks if isinstance(step, Tokens) else _TOKEN.findall(step.text)
