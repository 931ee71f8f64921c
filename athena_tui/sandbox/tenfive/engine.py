"""The workers of the TenFive sandbox: they play a run's script whether or not anybody listens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState
from athena_tui.sandbox.tenfive.scripts import (
    SCRIPTS,
    Answer,
    AwaitInput,
    Beat,
    ExceedLimit,
    Fail,
    Progress,
    Stall,
    StepDone,
    Task,
    pick,
)
from athena_tui.sandbox.tenfive.store import Meter, Run, Store

_PROMPT_KEYS = ("prompt", "message", "task", "text", "query", "goal", "instructions", "content")


class Engine:
    """Starts, interrupts and resumes workers, and wakes whoever waits for a run's next event."""

    def __init__(self, state: SandboxState, store: Store) -> None:
        self._state = state
        self._store = store
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._closing = state.interrupt()

    def news(self, run_id: str) -> asyncio.Event:
        """Set as soon as the run has an event that it has not now."""
        return self._news.setdefault(run_id, asyncio.Event())

    def recover(self) -> None:
        """Mark as stalled what the workers of sandboxes that are gone left behind."""
        with self._state.database.transaction():
            for run in self._store.runs_with_worker():
                if self._is_abandoned(run):
                    self._move(run, "run.worker.stalled", "stalled", "WORKER_HEARTBEAT_LOST")

    def run(self, run_id: str) -> Run | None:
        """A run as it stands, whosever it is; recovered when the sandbox that played it is gone."""
        run = self._store.run(run_id)
        if run is None or not (run.needs_worker and self._is_abandoned(run)):
            return run
        self.recover()
        return self._reload(run_id)

    def create(self, run: Run) -> None:
        """Keep a new run and let a worker begin."""
        self._store.add_run(run)
        kept = ("input", "metadata", "attachment_refs", "sensitivity_tags", "streaming", "routing_hint")
        payload = {name: run.body[name] for name in kept if run.body.get(name) is not None}
        payload["request_id"] = run.request_id
        payload["routing"] = {"routing_decision_reason": "planner_first_step"}
        self._store.append_event(run.id, "run.created", run.created_at, payload)
        self._store.add_usage(run, Meter("run.created"), run.created_at)
        self._employ(run)

    def answer(self, run: Run, idempotency_key: str | None, action: str, text: str) -> None:
        """Give a waiting run its signal; a rejection fails it."""
        self._store.add_signal(run.id, idempotency_key, action, text)
        if action == "reject":
            self._move(run, "run.worker.failed", "failed", "REJECTED")
            return
        self._move(run, "run.signal.received", "running", "SIGNAL_RECEIVED")
        self._employ(run)

    def resume(self, run: Run) -> None:
        """Give a stalled run another worker."""
        self._move(run, "run.resumed", "running", "RESUMED_BY_CLIENT")
        self._employ(run)

    def cancel(self, run: Run) -> None:
        """Stop a run."""
        worker = self._workers.pop(run.id, None)
        if worker is not None:
            worker.cancel()
        self._move(run, "run.cancelled", "cancelled", "CANCELLED_BY_CLIENT")

    def _is_abandoned(self, run: Run) -> bool:
        """Whether no worker is at it, here or in another sandbox."""
        if run.seat == self._state.seat:
            return run.id not in self._workers
        return self._state.is_gone(run.seat)

    def _employ(self, run: Run) -> None:
        self._workers[run.id] = asyncio.create_task(self._work(run.id), name=f"tenfive-{run.id}")

    async def _work(self, run_id: str) -> None:
        pacer = self._state.pacer(self._closing)
        if await pacer.wait(0):
            return
        run = self._reload(run_id)
        if run.status == "queued":
            self._move(run, "run.worker.started", "running", "WORKER_CLAIMED")
        performance = _Performance(run, self._state, self._store)
        for number, beat in enumerate(performance.beats()):
            if number < run.position:
                performance.remember(beat)
                continue
            if await pacer.wait(beat.delay if isinstance(beat, Progress) else 0):
                return
            with self._state.database.transaction():
                self._store.set_position(run_id, number + 1)
                performance.perform(beat)
                self._ring(run_id)
                if self._ends_work(run_id, beat):
                    break
        else:
            self._store.set_output(run_id, performance.output)
            self._store.add_usage(run, Meter("task.completed"), self._state.timestamp())
            self._move(self._reload(run_id), "run.worker.succeeded", "succeeded", "RUN_COMPLETED")
        self._workers.pop(run_id, None)

    def _ends_work(self, run_id: str, beat: Beat) -> bool:
        match beat:
            case AwaitInput(value):
                ending = "run.awaiting_input", "awaiting_input", value["reason_code"], value
            case Stall():
                ending = "run.worker.stalled", "stalled", "WORKER_HEARTBEAT_LOST", {}
            case Fail(reason_code):
                ending = "run.worker.failed", "failed", reason_code, {}
            case ExceedLimit(limit):
                ending = "run.limit_exceeded", "failed", "RUN_LIMIT_EXCEEDED", {"limit": limit}
            case _:
                return False
        self._move(self._reload(run_id), *ending)
        return True

    def _move(self, run: Run, event_type: str, status: str, reason_code: str, more: JsonObject | None = None) -> None:
        at = self._state.timestamp()
        self._store.set_status(run.id, status, reason_code, at, self._state.seat)
        payload = {
            "request_id": run.request_id,
            "from_status": run.status,
            "to_status": status,
            "reason_code": reason_code,
            **(more or {}),
        }
        self._store.append_event(run.id, event_type, at, payload)
        self._ring(run.id)

    def _ring(self, run_id: str) -> None:
        news = self._news.pop(run_id, None)
        if news is not None:
            news.set()

    def _reload(self, run_id: str) -> Run:
        run = self._store.run(run_id)
        if run is None:
            raise LookupError(run_id)
        return run


class _Performance:
    """One run of a script, from its start: what was said so far, and in which step."""

    def __init__(self, run: Run, state: SandboxState, store: Store) -> None:
        self._run = run
        self._state = state
        self._store = store
        prompt, earlier = asked(run.body.get("input"))
        name, self._prompt = pick(run.body.get("routing_hint"), prompt)
        self._script = SCRIPTS[name]
        self._earlier = earlier
        self._step = 1
        self._said: list[str] = []
        self.output = ""

    def beats(self) -> Iterator[Beat]:
        """The script's beats, with the signals that were given so far."""
        task = Task(self._prompt, self._state.random(f"tenfive:{self._run.id}"), self._earlier)
        answers = iter([Answer(action, text) for action, text in self._store.signals(self._run.id)])
        script = self._script(task)
        try:
            beat = next(script)
            while True:
                yield beat
                beat = script.send(next(answers, None) if isinstance(beat, AwaitInput) else None)
        except StopIteration:
            return

    def remember(self, beat: Beat) -> None:
        """Note what an earlier worker already said."""
        if isinstance(beat, Progress) and beat.value["kind"] == "content_delta":
            self._said.append(beat.value["content_delta"])
        elif isinstance(beat, StepDone):
            if beat.outcome == "succeeded":
                self.output += "".join(self._said)
                self._step += 1
            self._said = []

    def perform(self, beat: Beat) -> None:
        """Write down what the beat says."""
        step = {"step_id": f"step_{self._step}", "request_id": self._run.request_id}
        at = self._state.timestamp()
        if isinstance(beat, Progress):
            self._store.append_event(self._run.id, "step.progress", at, {**beat.value, **step})
            if beat.value["kind"] == "tool_call":
                self._store.add_usage(self._run, Meter("tool.invoked"), at)
        elif isinstance(beat, StepDone):
            tokens = {"input_tokens": len(self._prompt.split()) + 20, "output_tokens": len(self._said)}
            content = {"content": "".join(self._said)} if beat.outcome == "succeeded" else {}
            payload = {"outcome": beat.outcome, **content, "usage": tokens, **step}
            self._store.append_event(self._run.id, "step.done", at, payload)
            self._store.add_usage(self._run, Meter("tokens.consumed", sum(tokens.values()), **tokens), at)
        self.remember(beat)


def asked(task: object) -> tuple[str, tuple[str, ...]]:
    """The prompt of a run's input and the user's messages before it."""
    if not isinstance(task, dict):
        return str(task), ()
    messages = task.get("messages")
    said = [
        str(message.get("content", ""))
        for message in (messages if isinstance(messages, list) else [])
        if isinstance(message, dict) and message.get("role") == "user"
    ]
    prompt = next((str(task[key]) for key in _PROMPT_KEYS if task.get(key)), said[-1] if said else "")
    return prompt, tuple(said[:-1] if said and said[-1] == prompt else said)
