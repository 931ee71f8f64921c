"""What Athena's error codes stand for and what a person can do about each. Follows the quickstart's error table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from athena_tui.client.errors import (
    AlreadyAccepted,
    ClientError,
    Conflict,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OutOfCredits,
    RateLimited,
    ServerTrouble,
)
from athena_tui.client.refusals import Meaning, Refusal, error_of

MEANINGS: Final[Mapping[str, Meaning]] = {
    "unauthorized": Meaning(NotSignedIn),
    "payment_required": Meaning(OutOfCredits),
    "forbidden": Meaning(NotAllowed),
    "rate_limit_requests_exceeded": Meaning(RateLimited),
    # Not in the documentation; the names its neighbours suggest.
    "rate_limit_tokens_exceeded": Meaning(RateLimited, "Wait a moment, or send a shorter message."),
    "rate_limit_concurrency_exceeded": Meaning(RateLimited, "Wait until another run has ended, then retry."),
    "bad_request": Meaning(InvalidRequest),
    "validation_error": Meaning(InvalidRequest),
    "not_found": Meaning(NotFound),
    "idempotency_conflict": Meaning(AlreadyAccepted),
    "conflict": Meaning(Conflict),
    "payload_too_large": Meaning(InvalidRequest, "Send less at once: a file may have 50 MiB."),
    "unsupported_media_type": Meaning(
        InvalidRequest, "Send a JPEG, PNG, GIF or WebP picture, a PDF, plain text, CSV or Markdown."
    ),
    "internal_error": Meaning(ServerTrouble),
    "provider_error": Meaning(ServerTrouble, "The model's provider has trouble; retry in a moment."),
    "service_unavailable": Meaning(ServerTrouble),
    "timeout": Meaning(ServerTrouble, "The run took too long; retry, or ask for less at once."),
}


def athena_error(refusal: Refusal) -> ClientError:
    """The typed error for what Athena said."""
    return error_of(refusal, MEANINGS)
