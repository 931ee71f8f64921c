"""How the AMAS API says no: two bodies, one for everything and one for a refused configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from athena_tui.sandbox.json_text import JsonAnswer


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a configuration; `field` is its dotted path."""

    field: str
    message: str

    def as_json(self) -> dict[str, str]:
        """This error as the Validate page writes it."""
        return {"field": self.field, "message": self.message}


class ApiFailure(Exception):
    """Ends a request with an error. Follows the Authentication page.

    Args:
        status: The HTTP status.
        kind: The `type` of the body, such as `authentication_error`.
        message: What happened, for people.
        details: More for programs, if there is more.
    """

    def __init__(self, status: int, kind: str, message: str, details: object = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.details = details

    def response(self) -> Response:
        """`{"error": {"type", "message"}}`."""
        error: dict[str, object] = {"type": self.kind, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return JsonAnswer({"error": error}, self.status)


class RefusedConfiguration(ApiFailure):
    """400: the configuration is not one. Follows the Validate page."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(400, "validation_error", "Invalid configuration")
        self.errors = tuple(errors)

    def response(self) -> Response:
        """`{"success": false, "error", "errors": [{"field", "message"}]}`."""
        errors = [error.as_json() for error in self.errors]
        return JsonAnswer({"success": False, "error": self.message, "errors": errors}, self.status)


def invalid_request(message: str, details: object = None) -> ApiFailure:
    """400: the request itself is wrong."""
    return ApiFailure(400, "validation_error", message, details)


def not_found(what: str) -> ApiFailure:
    """404: there is no such thing, or it is another key's."""
    return ApiFailure(404, "not_found_error", f"{what} not found")
