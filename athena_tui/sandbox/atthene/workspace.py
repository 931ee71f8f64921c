"""`/agent/` and `/images/upload/`. Follows the Agents pages and the multimodal part of the REST tutorial."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from athena_tui.sandbox.atthene.configuration import validate
from athena_tui.sandbox.atthene.content import image_type
from athena_tui.sandbox.atthene.endpoint import read_object
from athena_tui.sandbox.atthene.failures import ApiFailure, RefusedConfiguration, invalid_request
from athena_tui.sandbox.atthene.store import Store, StoredAgent
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.multipart import find_upload

MAX_IMAGE_BYTES = 10 * 1024 * 1024


class Agents:
    """Lists, creates and checks agents."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, _request: Request) -> Response:
        """GET `/agent/`: a bare array."""
        return JsonAnswer([_shown(agent) for agent in self._store.agents()])

    async def create(self, request: Request) -> Response:
        """POST `/agent/` with `{"system_config": {...}}`; the key derives from the name."""
        config = (await read_object(request)).get("system_config")
        errors = validate(config)
        if errors or not isinstance(config, dict):
            raise RefusedConfiguration(errors)
        key = re.sub(r"\W+", "_", str(config["name"]).lower()).strip("_")
        if not key or self._store.agent(key) is not None:
            raise invalid_request(f"An agent with the key {key!r} exists already; choose another name")
        return JsonAnswer(_shown(self._store.create_agent(key, config)), 201)

    async def validate(self, request: Request) -> Response:
        """POST `/agent/validate/`."""
        errors = validate(await read_object(request))
        if errors:
            return JsonAnswer({"valid": False, "errors": [error.as_json() for error in errors]})
        return JsonAnswer({"valid": True, "message": "Configuration is valid"})


class Images:
    """Keeps pictures for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def upload(self, request: Request) -> Response:
        """POST `/images/upload/`, multipart field `image`."""
        upload = find_upload(request.headers.get("content-type", ""), await request.body(), "image")
        if upload is None:
            raise invalid_request("Send the picture as multipart/form-data in the field image")
        if len(upload.data) > MAX_IMAGE_BYTES:
            raise ApiFailure(413, "validation_error", "The picture is larger than 10 MB")
        media_type = image_type(upload.data)
        if media_type is None:
            raise invalid_request("This is not a PNG, JPEG, GIF or WebP image")
        name = self._store.add_image(media_type, upload.data)
        path = request.url.path.replace("/api/v1/images/upload/", f"/media/uploaded_images/{name}")
        return JsonAnswer(
            {"url": str(request.url.replace(path=path)), "media_type": media_type, "size": len(upload.data)}, 201
        )

    async def show(self, request: Request) -> Response:
        """The temporary URL itself; it needs no key."""
        image = self._store.image(request.path_params["name"])
        if image is None:
            return JsonAnswer({"detail": "Not found."}, 404)
        return Response(image[1], media_type=image[0])


def _shown(agent: StoredAgent) -> JsonObject:
    return {
        "id": agent.id,
        "agent_key": agent.key,
        "name": agent.config["name"],
        "architecture": agent.config.get("architecture", "llm_agent"),
        "entry_point": agent.config.get("entry_point"),
        "is_public": False,
        "is_shared": False,
        "origin_url": None,
        "owner": "sandbox@example.com",
        "company": "Sandbox",
        "system_config": agent.config,
        "version_number": "1.0.0",
        "config_hash": agent.config_hash,
        "created_at": agent.created_at,
        "updated_at": agent.created_at,
    }
