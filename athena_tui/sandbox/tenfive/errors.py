"""Errors as the TenFive API answers them: `error`, `reason_code`, `request_id`."""

from __future__ import annotations

from athena_tui.sandbox.json_text import JsonAnswer

_REASONS = {
    400: ("VALIDATION_FAILED", "The request is not valid"),
    401: ("AUTH_KEY_INVALID", "The API key is not valid"),
    403: ("FORBIDDEN", "The key may not do this"),
    404: ("NOT_FOUND", "There is no such thing"),
    409: ("CONFLICT", "The run is not in a state for this"),
    422: ("VALIDATION_FAILED", "The request is not valid"),
    429: ("RATE_LIMITED", "Too many requests"),
}


class ApiError(Exception):
    """A request that is refused."""

    def __init__(self, status: int, reason_code: str, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.reason_code = reason_code
        self.error = error


def error_for(status: int) -> ApiError:
    """The error that goes with a status."""
    reason_code, error = _REASONS.get(status, ("INTERNAL_ERROR", "The server has trouble"))
    return ApiError(status, reason_code, error)


def answer(error: ApiError, request_id: str) -> JsonAnswer:
    """The response that tells an error."""
    body = {"error": error.error, "reason_code": error.reason_code, "request_id": request_id}
    return JsonAnswer(body, error.status, headers={"Retry-After": "1"} if error.status == 429 else None)
