"""Atthene's errors. Follows the Authentication page and the error table of the REST tutorial."""

from __future__ import annotations

from collections.abc import Mapping

from athena_tui.client.errors import (
    ClientError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RateLimited,
    ServerTrouble,
)
from athena_tui.client.refusals import Meaning, Refusal, error_of

_MEANINGS: Mapping[str, Meaning] = {
    "authentication_error": Meaning(
        NotSignedIn, "Make a key in Agent Studio's settings (they expire), then run `athena-tui login`."
    ),
    "permission_error": Meaning(NotAllowed, "Use a key of the workspace that owns the agent."),
    "not_found_error": Meaning(NotFound),
    "validation_error": Meaning(InvalidRequest),
    "rate_limit_error": Meaning(RateLimited),
    "server_error": Meaning(ServerTrouble),
}


def read_error(refusal: Refusal) -> ClientError:
    """The typed error for a refusal in any of the documented bodies."""
    error = error_of(refusal, _MEANINGS)
    if isinstance(error, NotAllowed) and refusal.code is None:
        error.remedy = _MEANINGS["permission_error"].remedy
    return error
