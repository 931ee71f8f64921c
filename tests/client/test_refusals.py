"""Refusals in every envelope become typed errors with something to do about them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from athena_tui.client.athena.meanings import athena_error
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
    UnreadableAnswer,
)
from athena_tui.client.refusals import read_refusal, refusal_of


def error_for(status: int, body: Any) -> ClientError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return athena_error(read_refusal(status, raw))


def test_the_documented_envelope() -> None:
    envelope = {
        "code": "validation_error",
        "message": "The message\x1b[31m is too long.",
        "details": {"fields": [{"field": "message\x07"}]},
        "timestamp": "2026-05-12T10:30:00Z",
        "trace_id": "0e3c",
    }
    error = error_for(422, {"error": envelope})
    assert type(error) is InvalidRequest
    assert (error.code, error.message) == ("validation_error", "The message is too long.")
    assert (error.status, error.trace_id) == (422, "0e3c")
    assert error.details == {"fields": [{"field": "message"}]}
    assert error.remedy


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "unauthorized", NotSignedIn),
        (402, "payment_required", OutOfCredits),
        (403, "forbidden", NotAllowed),
        (404, "not_found", NotFound),
        (409, "idempotency_conflict", AlreadyAccepted),
        (409, "conflict", Conflict),
        (413, "payload_too_large", InvalidRequest),
        (415, "unsupported_media_type", InvalidRequest),
        (429, "rate_limit_requests_exceeded", RateLimited),
        (429, "rate_limit_tokens_exceeded", RateLimited),
        (500, "internal_error", ServerTrouble),
        (504, "timeout", ServerTrouble),
    ],
)
def test_known_codes(status: int, code: str, error: type[ClientError]) -> None:
    found = error_for(status, {"error": {"code": code, "message": "m"}})
    assert type(found) is error
    assert found.code == code
    assert found.remedy or error is Conflict


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, UnreadableAnswer),
        (400, InvalidRequest),
        (401, NotSignedIn),
        (402, OutOfCredits),
        (403, NotAllowed),
        (404, NotFound),
        (409, Conflict),
        (410, NotFound),
        (418, InvalidRequest),
        (422, InvalidRequest),
        (429, RateLimited),
        (500, ServerTrouble),
        (599, ServerTrouble),
    ],
)
@pytest.mark.parametrize("body", [{"error": {"code": "brand_new", "message": "m"}}, b"", b"gone fishing", b"[1]"])
def test_unknown_codes_go_by_the_status(status: int, error: type[ClientError], body: Any) -> None:
    found = error_for(status, body)
    assert type(found) is error
    assert found.message
    assert found.retryable == (error in {RateLimited, ServerTrouble})


def test_a_new_kind_of_rate_limit_is_one() -> None:
    assert type(athena_error(refusal_of({"code": "rate_limit_moon_phase"}))) is RateLimited


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": "it broke"}, None, "it broke"),
        ({"error": "it broke", "reason_code": "STEP_FAILED", "request_id": "r"}, "STEP_FAILED", "it broke"),
        ({"error": {"type": "permission_error", "message": "no"}}, "permission_error", "no"),
        ({"type": "error", "code": "provider_error", "message": "no"}, "provider_error", "no"),
        ({"detail": "Not found."}, None, "Not found."),
        ({"name": ["This field is required."]}, None, "name: This field is required."),
        ("plain string", None, "plain string"),
        ({"error": {}}, None, None),
        (None, None, None),
    ],
)
def test_envelopes(body: Any, code: str | None, message: str | None) -> None:
    refusal = read_refusal(400, json.dumps(body).encode())
    assert (refusal.code, refusal.message) == (code, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!DOCTYPE html><html><head><title>502 Bad\n Gateway</title>", "“502 Bad Gateway”"),
        (b"<html><body>x</body></html>", "web page"),
        (b"  upstream\x1b[2J timed out \n", "upstream timed out"),
        (b"", "502 (Bad Gateway)"),
    ],
)
def test_bodies_that_are_not_json(body: bytes, message: str) -> None:
    assert message in error_for(502, body).message


def test_a_status_without_a_name() -> None:
    assert "799" in error_for(799, b"").message
