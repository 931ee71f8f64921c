"""What can go wrong between us and a platform, one class per thing a caller can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from athena_tui.client.events import RunFailed
    from athena_tui.client.models import JsonValue


class ClientError(Exception):
    """Base of every error a client raises.

    Args:
        message: What happened, for people; already sanitised.
        code: The platform's stable code, or ours where it sent none.
        remedy: What the user can do about it.
        status: The HTTP status, where there was a response.
        trace_id: The platform's trace id, where it sent one.
        details: The platform's details, as sent.
        retry_after: Seconds to wait, where the platform named them.
    """

    default_code = "client_error"
    default_remedy: str | None = None
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        remedy: str | None = None,
        status: int | None = None,
        trace_id: str | None = None,
        details: JsonValue = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.remedy = remedy or self.default_remedy
        self.status = status
        self.trace_id = trace_id
        self.details = details
        self.retry_after = retry_after

    def as_event(self, run_id: str | None = None) -> RunFailed:
        """This error as the last event of a run."""
        # Imported here because the app's first frame knows errors, but no events yet.
        from athena_tui.client.events import RunFailed

        return RunFailed(
            code=self.code,
            message=self.message,
            run_id=run_id,
            trace_id=self.trace_id,
            retryable=self.retryable,
            remedy=self.remedy,
            status=self.status,
        )


class NotSignedIn(ClientError):
    """401: the key is missing, wrong or expired."""

    default_code = "unauthorized"
    default_remedy = "Sign in with another key: `athena-tui login`, or ctrl+k in the app."


class NotAllowed(ClientError):
    """403: the agent is not open to API calls, or the key lacks a scope."""

    default_code = "forbidden"
    default_remedy = "Ask for the agent's `api_enabled` switch, or for a key with the missing scope."


class OutOfCredits(ClientError):
    """402: the balance is used up."""

    default_code = "payment_required"
    default_remedy = "Top up your credits, then retry."


class NotFound(ClientError):
    """404: there is no such thing, or it is not ours."""

    default_code = "not_found"
    default_remedy = "Check the id, or pick another from the list."


class Conflict(ClientError):
    """409: the thing is not in a state where this can be done."""

    default_code = "conflict"


class AlreadyAccepted(Conflict):
    """409 on our own idempotency key: the platform has the run already and charged nothing again."""

    default_code = "idempotency_conflict"
    default_remedy = "The first attempt was accepted: look for its answer in the conversation before sending again."


class InvalidRequest(ClientError):
    """400, 413, 415 or 422: the platform refused what we sent."""

    default_code = "validation_error"
    default_remedy = "Change the message or its attachments, then send again."


class RateLimited(ClientError):
    """429 and our retries are used up."""

    default_code = "rate_limit_requests_exceeded"
    default_remedy = "Wait a moment, then retry."
    retryable = True


class ServerTrouble(ClientError):
    """5xx and our retries are used up."""

    default_code = "server_error"
    default_remedy = "The platform has trouble; retry in a moment."
    retryable = True


class ConnectionFailed(ClientError):
    """The platform could not be reached, or did not answer in time."""

    default_code = "connection_failed"
    default_remedy = "Check the network and the base URL (`athena-tui doctor`), then retry."
    retryable = True


class AnswerLost(ConnectionFailed):
    """A request that costs something left, and no answer came back: it may have been accepted."""

    default_code = "answer_lost"
    default_remedy = "Look for its answer in the conversation before you send the message again."
    retryable = False


class UnreadableAnswer(ClientError):
    """The answer was not what the documentation describes, and not even close."""

    default_code = "unreadable_answer"
    default_remedy = "Check that the base URL is the API's (`athena-tui doctor`)."


class Unsupported(ClientError):
    """The platform has no such thing."""

    default_code = "unsupported"
