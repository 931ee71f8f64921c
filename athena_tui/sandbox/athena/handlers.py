"""Everything beside executions: exchange, keys, agents, conversations, credits, uploads, media, storefront."""

from __future__ import annotations

import asyncio
import json
import mimetypes

from starlette.requests import Request
from starlette.responses import Response

from athena_tui.sandbox.agents.catalogue import AGENTS, agent_by_id
from athena_tui.sandbox.agents.steps import Agent
from athena_tui.sandbox.athena.access import SCOPES, WORKSPACE_ID
from athena_tui.sandbox.athena.api import Api, Call, data
from athena_tui.sandbox.athena.conversations import page
from athena_tui.sandbox.athena.errors import ApiError, invalid
from athena_tui.sandbox.athena.executions import agent_id
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.multipart import find_upload
from athena_tui.sandbox.picture import paint

MAXIMUM_UPLOAD = 50 * 1024 * 1024
CONTENT_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "application/pdf",
        "text/plain",
        "text/csv",
        "text/markdown",
    }
)
_FORM_OVERHEAD = 64 * 1024


async def exchange(api: Api, request: Request) -> Response:
    """POST /auth/external/{workspace_id}: a provider's token for an ephemeral key."""
    workspace_id = request.path_params["workspace_id"]
    if workspace_id.removeprefix("workspace:") != WORKSPACE_ID.removeprefix("workspace:"):
        raise ApiError(404, "There is no such workspace.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ApiError(400, "The body must be a JSON object.")
    granted = api.access.exchange(body.get("provider"), body.get("token"))
    return data({name: granted[name] for name in ("key", "expires_at", "customer")})


async def mint_key(call: Call) -> Response:
    """POST /ephemeral-keys/: a key for one of the workspace's users, asked for by its server."""
    if call.caller.customer_id is not None:
        raise ApiError(403, "Only a workspace key mints keys.")
    body = await call.body()
    user, lifetime, scopes = body.get("external_user_id"), body.get("expires_in"), body.get("scopes", list(SCOPES))
    if not isinstance(user, str) or not user:
        raise invalid({"external_user_id": "Who the key is for."})
    if not isinstance(lifetime, int | float | None) or isinstance(lifetime, bool):
        raise invalid({"expires_in": "Seconds."})
    if not isinstance(scopes, list) or not set(scopes) <= set(SCOPES):
        raise invalid({"scopes": f"Some of {', '.join(SCOPES)}."})
    return data(call.api.access.mint(user, tuple(scopes), lifetime), 201)


async def revoke_key(call: Call) -> Response:
    """DELETE /ephemeral-keys/{id}: the key ends now."""
    if call.caller.customer_id is not None:
        raise ApiError(403, "Only a workspace key revokes keys.")
    if not call.api.access.revoke(call.record_id("ephemeral_key")):
        raise ApiError(404, "There is no such key.")
    return Response(status_code=204)


async def list_agents(call: Call) -> Response:
    """GET /agents: the published agents."""
    request = call.page()
    start = int(request.after[0]) if request.after and request.after[0].isdecimal() else 0
    listed = list(enumerate(_storefront(), start=1))[start : start + request.limit + 1]
    positions = [{"position": position} for position, _ in listed]
    return JsonAnswer(page(positions, request, ("position",), [item for _, item in listed]))


async def cms_agents(_api: Api, _request: Request) -> Response:
    """GET /public/cms/agents: the same for everybody."""
    return JsonAnswer({"data": _storefront(), "next_cursor": None})


async def cms_categories(_api: Api, _request: Request) -> Response:
    """GET /public/cms/categories: the storefront's shelves."""
    names = list(dict.fromkeys(agent.category for agent in AGENTS if agent.api_enabled))
    return JsonAnswer({"data": [{"id": name.lower(), "name": name} for name in names], "next_cursor": None})


async def list_conversations(call: Call) -> Response:
    """GET /my/conversations: the latest first."""
    query = call.request.query_params
    return JsonAnswer(
        call.api.conversations.recent(
            call.caller.customer(), call.page(), status=query.get("status"), agent_id=query.get("agent_id")
        )
    )


async def open_conversation(call: Call) -> Response:
    """POST /my/conversations: the active conversation with an agent, made if there is none."""
    customer_id = call.caller.customer()
    wanted = (await call.body()).get("agent_id")
    agent = agent_by_id(wanted) if isinstance(wanted, str) else None
    if agent is None:
        raise invalid({"agent_id": "There is no such agent."})
    call.claim()
    item, created = call.api.conversations.open(customer_id, agent_id(agent))
    return data(item, 201 if created else 200)


async def get_conversation(call: Call) -> Response:
    """GET /my/conversations/{id}."""
    return data(call.api.conversations.item(call.caller.customer(), call.record_id("conversation")))


async def archive_conversation(call: Call) -> Response:
    """POST /my/conversations/{id}/archive."""
    customer_id, conversation_id = call.caller.customer(), call.record_id("conversation")
    call.api.conversations.item(customer_id, conversation_id)
    call.claim()
    return data(call.api.conversations.archive(customer_id, conversation_id))


async def list_messages(call: Call) -> Response:
    """GET /my/conversations/{id}/messages: the latest first."""
    conversation_id = call.record_id("conversation")
    return JsonAnswer(call.api.conversations.messages(call.caller.customer(), conversation_id, call.page()))


async def rate_message(call: Call) -> Response:
    """POST /my/conversations/{id}/messages/{message_id}/feedback: a thumb, up or down; 0 takes it back."""
    value = (await call.body()).get("value")
    if isinstance(value, bool) or value not in (-1, 0, 1):
        raise invalid({"value": "1 or -1."})
    call.claim()
    message_id = call.record_id("message", "message_id")
    return data(call.api.conversations.rate(call.caller.customer(), call.record_id("conversation"), message_id, value))


async def get_credits(call: Call) -> Response:
    """GET /my/credits: the balance, and with `generation_cost` the pack that would cover it."""
    asked = call.request.query_params.get("generation_cost")
    try:
        cost = None if asked is None else float(asked)
    except ValueError as error:
        raise ApiError(400, "generation_cost is a number.") from error
    return data(call.api.ledger.report(call.caller.customer(), cost))


async def upload(call: Call) -> Response:
    """POST /attachments/upload: keeps a file until an execution refers to it."""
    length = call.request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAXIMUM_UPLOAD + _FORM_OVERHEAD:
        raise ApiError(413, "A file may have at most 50 MiB.")
    body = await call.request.body()
    found = find_upload(call.request.headers.get("content-type", ""), body, "file")
    if found is None:
        raise invalid({"file": "Send the file as multipart/form-data in the field file."})
    if len(found.data) > MAXIMUM_UPLOAD:
        raise ApiError(413, "A file may have at most 50 MiB.")
    content_type = found.content_type or mimetypes.guess_type(found.filename)[0] or "application/octet-stream"
    if content_type not in CONTENT_TYPES:
        raise ApiError(415, f"{content_type} is not accepted; send one of {', '.join(sorted(CONTENT_TYPES))}.")
    owner = (call.caller.customer_id or WORKSPACE_ID).partition(":")[2]
    _, dot, extension = found.filename.rpartition(".")
    storage_key = f"attachments/{owner}/{call.api.state.ids.key()}{dot}{extension if dot else ''}"
    size = len(found.data)
    row = (storage_key, call.caller.customer_id, found.filename, content_type, size, call.api.state.timestamp())
    await asyncio.to_thread(
        call.api.state.database.execute,
        "INSERT INTO athena_attachments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*row, found.data),
    )
    item = {"storage_key": storage_key, "filename": found.filename, "content_type": content_type, "size": size}
    return data(item, 201)


async def list_media(call: Call) -> Response:
    """GET /my/media: what was generated, the latest first."""
    return JsonAnswer(call.api.media.recent(call.caller.customer(), call.page(), call.base_url))


async def get_picture(api: Api, request: Request) -> Response:
    """GET /media/{key}.png: a generated picture; its address is the only secret, as with a signed URL."""
    prompt = api.media.prompt(request.path_params["key"])
    if prompt is None:
        raise ApiError(404, "There is no such picture.")
    return Response(await asyncio.to_thread(paint, prompt), media_type="image/png")


async def not_found(_api: Api, request: Request) -> Response:
    """Whatever else is asked for."""
    raise ApiError(404, f"There is no {request.method} {request.url.path}.")


def _storefront() -> list[JsonObject]:
    return [_item(agent) for agent in AGENTS if agent.api_enabled]


def _item(agent: Agent) -> JsonObject:
    return {
        "id": agent_id(agent),
        "name": agent.name,
        "description": agent.description,
        "category": agent.category,
        "credits": agent.credits,
        "price": f"{'from ' if agent.price_rules else ''}{agent.credits:g} credit{'' if agent.credits == 1 else 's'}",
        "requires_user_message": agent.requires_user_message,
        "accepts_client_tools": agent.accepts_client_tools,
        "server_tools": list(agent.server_tools),
        "variables": agent.variables,
        "output_schema": agent.output_schema,
    }
