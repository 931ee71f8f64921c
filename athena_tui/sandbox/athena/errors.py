"""The API's error envelope and codes. Follows the API overview and the quickstart's error table."""

from __future__ import annotations

from collections.abc import Mapping

from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.state import SandboxState

CODES: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request could not be read."),
    401: ("unauthorized", "The API key is missing, expired or invalid."),
    402: ("payment_required", "The customer has no credits left."),
    403: ("forbidden", "The key may not do this."),
    404: ("not_found", "There is no such record."),
    405: ("method_not_allowed", "This endpoint does not know the method."),
    409: ("conflict", "The record is not in a state that allows this."),
    413: ("payload_too_large", "The body is too large."),
    415: ("unsupported_media_type", "This content type is not accepted."),
    422: ("validation_error", "The request is invalid."),
    429: ("rate_limit_requests_exceeded", "Too many requests."),
    500: ("internal_error", "Something went wrong on our side."),
    502: ("provider_error", "The model provider did not answer."),
    503: ("service_unavailable", "The service is busy, try again soon."),
    504: ("timeout", "The model provider took too long."),
}


class ApiError(Exception):
    """A request that ends in the error envelope.

    Args:
        status: HTTP status; also decides code and message where they are not given.
        message: What happened.
        code: Stable code.
        details: Machine-readable details.
        headers: More response headers.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        code: str | None = None,
        details: JsonObject | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        known_code, known_message = CODES.get(status, ("error", "The request failed."))
        super().__init__(message or known_message)
        self.status = status
        self.code = code or known_code
        self.details = details
        self.headers = dict(headers or {})

    def answer(self, state: SandboxState) -> JsonAnswer:
        """The response."""
        error: JsonObject = {"code": self.code, "message": str(self)}
        if self.details is not None:
            error["details"] = self.details
        error["timestamp"] = state.timestamp()
        error["trace_id"] = state.ids.uuid()
        return JsonAnswer({"error": error}, self.status, self.headers)


def invalid(fields: Mapping[str, str]) -> ApiError:
    """Fields that break a documented limit."""
    listed = [{"field": field, "message": message} for field, message in fields.items()]
    first = next(iter(fields.items()))
    return ApiError(422, f"{first[0]}: {first[1]}", details={"fields": listed})


def rate_limited(limit: int, retry_after: int) -> ApiError:
    """Too many requests; `retry_after` is in seconds."""
    return ApiError(
        429,
        f"Too many requests; try again in {retry_after} s.",
        details={"scope": "key", "limit_type": "requests", "limit": limit, "retry_after": retry_after},
        headers={"Retry-After": str(retry_after), "X-RateLimit-Limit": str(limit)},
    )
