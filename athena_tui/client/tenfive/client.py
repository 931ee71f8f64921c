"""The client for TenFive. Follows the Quickstart, Endpoints, Events, Signal API and Authentication pages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from athena_tui.client.errors import (
    AlreadyAccepted,
    AnswerLost,
    ClientError,
    Conflict,
    ConnectionFailed,
    NotFound,
    NotSignedIn,
    RateLimited,
    ServerTrouble,
    UnreadableAnswer,
)
from athena_tui.client.events import RunEvent, RunFailed, RunFinished, RunStarted, RunStatus, RunSuspended
from athena_tui.client.management import IssuedKey, UsageQuery, UsageReport
from athena_tui.client.masking import SecretMask
from athena_tui.client.models import (
    ConnectionSettings,
    Decision,
    JsonObject,
    JsonValue,
    Platform,
    Role,
    RunRequest,
)
from athena_tui.client.observer import ClientObserver
from athena_tui.client.protocol import Capabilities
from athena_tui.client.refusals import Meaning, Refusal, error_of, refusal_of
from athena_tui.client.request import Idempotency, Request, path_segment
from athena_tui.client.retry import Timing
from athena_tui.client.tenfive import management
from athena_tui.client.tenfive.following import RunFollower
from athena_tui.client.tenfive.missing import MISSING, MissingFeatures
from athena_tui.client.tenfive.progress import RunProgress
from athena_tui.client.tenfive.wire import AWAITING_INPUT, TERMINAL_STATUSES, RunRecord, read_run
from athena_tui.client.transport import Transport

_KEY_REMEDY: Final = "Check that the key is of the form key_id:secret and not revoked, then sign in again."
_MEANINGS: Final[Mapping[str, Meaning]] = {
    "AUTH_KEY_INVALID": Meaning(NotSignedIn, _KEY_REMEDY),
    "AUTH_MISSING_HEADER": Meaning(NotSignedIn, _KEY_REMEDY),
    "RUN_NOT_FOUND": Meaning(NotFound, "Check the run's id; runs of another customer do not show."),
    "IDEMPOTENCY_KEY_CONFLICT": Meaning(Conflict, "Send it with another idempotency key."),
}
_FAILURES: Final[Mapping[str, str]] = {
    "REJECTED": "The request was rejected, which ends the run on this platform.",
    "RUN_LIMIT_EXCEEDED": "The run reached a limit of the platform.",
    "STEP_FAILED": "A step of the run failed.",
}


class TenFiveClient(MissingFeatures):
    """One connection to TenFive.

    Args:
        settings: Where and as whom.
        observer: Is told about the connection.
        timing: Clocks, sleep and chance.
    """

    def __init__(self, settings: ConnectionSettings, observer: ClientObserver, timing: Timing | None = None) -> None:
        self._settings = settings
        self._credential = management.Credential(settings.api_key)
        self._transport = Transport(
            settings.base_url,
            observer=observer,
            error_reader=_read_error,
            authenticator=self._credential,
            mask=SecretMask([settings.api_key]),
            timing=timing,
        )
        self._waiting: dict[str, RunProgress] = {}

    @property
    def platform(self) -> Platform:
        """Which platform this is."""
        return Platform.TENFIVE

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return Capabilities(MISSING)

    async def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Start a run and follow it."""
        record = await self._create(request)
        progress = RunProgress(record.id)
        yield RunStarted(record.id, replayed=record.replayed)
        async with aclosing(self._follow(progress, streaming=request.stream, known_run=record.replayed)) as events:
            async for event in events:
                yield event

    async def resume_run(self, run_id: str, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Follow a run that was started before, from its first event; its id is all that is needed."""
        yield RunStarted(run_id, replayed=True)
        async with aclosing(self._follow(RunProgress(run_id), known_run=True)) as events:
            async for event in events:
                yield event

    async def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """Answer a human gate or a request for input and follow the continuation."""
        progress = self._waiting.pop(run_id, None) or await self._find_gate(run_id)
        answered_before = not await self._signal(progress, decision)
        async with aclosing(self._follow(progress, known_run=answered_before)) as events:
            async for event in events:
                yield event

    async def cancel(self, run_id: str) -> None:
        """Ask the platform to stop the run; one that is over stays as it is."""
        self._waiting.pop(run_id, None)
        try:
            await self._transport.send(Request("POST", f"/v1/runs/{path_segment(run_id)}/cancel", repeatable=True))
        except Conflict:
            return

    async def usage_report(self, query: UsageQuery) -> UsageReport:
        """The usage that fits the query."""
        return await management.usage_report(self._transport, query)

    async def create_api_key(self, name: str | None = None) -> IssuedKey:
        """Make another key."""
        return await management.create_api_key(self._transport, name)

    async def rotate_api_key(self, key_id: str) -> IssuedKey:
        """Give a key another secret; the connection goes on with it when the key is its own."""
        issued = await management.rotate_api_key(self._transport, key_id)
        self._credential.rotated(issued)
        return issued

    async def revoke_api_key(self, key_id: str) -> None:
        """Make a key useless."""
        await management.revoke_api_key(self._transport, key_id)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def _create(self, request: RunRequest) -> RunRecord:
        """Start the run, or find the one that this idempotency key already started."""
        answer = await self._transport.send(
            Request(
                "POST",
                "/v1/runs",
                json=_run_body(request, self._settings),
                idempotency=Idempotency(request.idempotency_key),
                passed_statuses=frozenset({409}),
            )
        )
        value = answer.json()
        if answer.status != 409:
            return read_run(value)
        try:
            return read_run(value).model_copy(update={"replayed": True})
        except UnreadableAnswer:
            refusal = refusal_of(value, status=409)
        error = _read_error(refusal)
        if refusal.code in _MEANINGS:
            raise error
        raise AlreadyAccepted(
            error.message,
            code=error.code,
            remedy="The first attempt was accepted, but the platform does not say as which run.",
            status=409,
            trace_id=error.trace_id,
        )

    async def _follow(
        self, progress: RunProgress, *, streaming: bool = True, known_run: bool = False
    ) -> AsyncGenerator[RunEvent, None]:
        """The rest of a run, however it ends."""
        try:
            follower = RunFollower(self._transport, progress.run_id, after=progress.seq, streaming=streaming)
            async with aclosing(follower.envelopes(known_run=known_run)) as envelopes:
                async for envelope in envelopes:
                    for event in progress.read(envelope):
                        yield event
            if progress.suspension is not None:
                self._waiting[progress.run_id] = progress
                yield RunSuspended(progress.run_id, progress.suspension)
            else:
                yield await _confirmed_end(follower, progress)
        except ConnectionFailed as error:
            lost = AnswerLost(f"{error.message} The run may go on there, and be charged.", status=error.status)
            yield lost.as_event(progress.run_id)
        except ClientError as error:
            yield error.as_event(progress.run_id)

    async def _find_gate(self, run_id: str) -> RunProgress:
        """Read up to the gate of a run that was not followed here."""
        progress = RunProgress(run_id)
        async with aclosing(RunFollower(self._transport, run_id).listed()) as envelopes:
            async for envelope in envelopes:
                for _ in progress.read(envelope):
                    pass
        return progress

    async def _signal(self, progress: RunProgress, decision: Decision) -> bool:
        """Answer the gate; false when somebody else has done it before."""
        path = f"/v1/runs/{path_segment(progress.run_id)}/signal"
        body = _signal_body(decision, wants_input=progress.suspension is RunStatus.AWAITING_INPUT)
        try:
            await self._transport.send(Request("POST", path, json=body, idempotency=Idempotency()))
        except (Conflict, AlreadyAccepted):
            # Only a run that still waits has refused this very answer.
            record = await RunFollower(self._transport, progress.run_id).record()
            if record.status == AWAITING_INPUT:
                self._waiting[progress.run_id] = progress
                raise
            return False
        return True


def connect(settings: ConnectionSettings, observer: ClientObserver) -> TenFiveClient:
    """Return a client; nothing is sent yet."""
    return TenFiveClient(settings, observer)


def _run_body(request: RunRequest, settings: ConnectionSettings) -> JsonObject:
    """The body of POST /v1/runs. The input is an object of free form: earlier messages go into it."""
    task: JsonObject = {**request.variables, "prompt": request.message}
    said: list[JsonValue] = [
        {"role": message.role.value, "content": message.text}
        for message in request.history
        if message.role in {Role.USER, Role.ASSISTANT} and message.text
    ]
    if said:
        task["messages"] = [*said, {"role": Role.USER.value, "content": request.message}]
    body: JsonObject = {"input": task, "metadata": {"source": "athena-tui"}, "streaming": request.stream}
    optional = {
        "routing_hint": request.agent_id,
        "workspace_id": settings.workspace_id,
        "subject_id": request.external_user_id or settings.external_user_id,
    }
    return body | {name: value for name, value in optional.items() if value}


def _signal_body(decision: Decision, *, wants_input: bool) -> JsonObject:
    if not decision.approved:
        return {"action": "reject"} | ({"payload": {"reason": decision.comment}} if decision.comment else {})
    typed = decision.comment if decision.data is None else decision.data
    if wants_input and typed is not None:
        return {"action": "submit_input", "payload": {"input": typed}}
    return {"action": "approve"} | ({"payload": {"comment": decision.comment}} if decision.comment else {})


async def _confirmed_end(follower: RunFollower, progress: RunProgress) -> RunEvent:
    """How a run ended: by its record, or by its last event where the record is not that far or cannot be had."""
    try:
        record = await follower.record()
    except (ConnectionFailed, ServerTrouble, RateLimited):
        if progress.status not in TERMINAL_STATUSES:
            raise
        record = RunRecord(id=progress.run_id, status=progress.status)
    status = record.status if record.is_terminal else progress.status
    if status == "succeeded":
        return RunFinished(progress.run_id, text=record.text or progress.text or None, parsed_output=record.structured)
    if status == "cancelled":
        return RunFinished(progress.run_id, RunStatus.CANCELLED, text=progress.text or None)
    transition = progress.transition
    code = transition.reason_code or record.reason_code or status or "run_failed"
    return RunFailed(
        code=code,
        message=transition.message or _FAILURES.get(code, f"The run failed: {code}."),
        run_id=progress.run_id,
        trace_id=transition.request_id or record.request_id,
        remedy=None if code == "REJECTED" else "Send the message again, or change it first.",
    )


def _read_error(refusal: Refusal) -> ClientError:
    return error_of(refusal, _MEANINGS)
