"""The documented limits of an execution. Follows the Execute page's field table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from athena_tui.sandbox.agents.steps import Agent
from athena_tui.sandbox.athena.errors import ApiError, invalid
from athena_tui.sandbox.json_text import JsonObject, encode

MAXIMUM_MESSAGE = 65_536
MAXIMUM_VARIABLES = 16 * 1024
MAXIMUM_ATTACHMENTS = 10
MAXIMUM_TOOLS = 32
_TOOL_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    """A valid execution request. `tools` are names."""

    message: str
    attachments: tuple[Mapping[str, Any], ...] = ()
    variables: JsonObject = field(default_factory=dict)
    conversation_id: str | None = None
    external_user_id: str | None = None
    tools: tuple[str, ...] = ()


def execute_request(agent: Agent, body: JsonObject) -> ExecuteRequest:
    """Read an execution's body.

    Raises:
        ApiError: 422 with every field that breaks a limit.
    """
    faults: dict[str, str] = {}
    message = _text(body, "message", faults) or ""
    if not message and agent.requires_user_message:
        faults.setdefault("message", "This agent needs a message of 1 to 65536 characters.")
    if len(message) > MAXIMUM_MESSAGE:
        faults["message"] = f"At most {MAXIMUM_MESSAGE} characters; this one has {len(message)}."
    request = ExecuteRequest(
        message=message,
        attachments=tuple(_attachments(body, faults)),
        variables=_variables(body, faults),
        conversation_id=_text(body, "conversation_scope", faults),
        external_user_id=_text(body, "external_user_id", faults),
        tools=tuple(_tools(agent, body, faults)),
    )
    if faults:
        raise invalid(faults)
    return request


def batch_items(agent: Agent, body: JsonObject) -> list[tuple[str, ExecuteRequest]]:
    """Read a batch's body: each item is an execution with the caller's own `key`.

    Raises:
        ApiError: 422 for an item that breaks a limit.
    """
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise invalid({"items": "A list with at least one item."})
    requests: dict[str, ExecuteRequest] = {}
    for index, item in enumerate(items):
        key = item.get("key") if isinstance(item, dict) else None
        if not isinstance(key, str) or key in requests:
            raise invalid({f"items[{index}].key": "A string that no other item has."})
        try:
            requests[key] = execute_request(agent, item)
        except ApiError as error:
            raise invalid({f"items[{index}]": str(error)}) from error
    return list(requests.items())


def _text(body: JsonObject, name: str, faults: dict[str, str]) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    faults[name] = "Must be a string."
    return None


def _variables(body: JsonObject, faults: dict[str, str]) -> JsonObject:
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        faults["variables"] = "Must be an object."
        return {}
    size = len(encode(variables).encode())
    if size > MAXIMUM_VARIABLES:
        faults["variables"] = f"At most 16 KiB of JSON; these are {size} bytes."
    return variables


def _attachments(body: JsonObject, faults: dict[str, str]) -> list[Mapping[str, Any]]:
    items = body.get("attachments") or []
    if not isinstance(items, list):
        faults["attachments"] = "Must be a list."
        return []
    if len(items) > MAXIMUM_ATTACHMENTS:
        faults["attachments"] = f"At most {MAXIMUM_ATTACHMENTS}; these are {len(items)}."
    for index, item in enumerate(items):
        if not isinstance(item, dict) or not isinstance(item.get("storage_key"), str):
            faults[f"attachments[{index}].storage_key"] = "Upload the file first and send its storage_key."
            return []
    return items


def _tools(agent: Agent, body: JsonObject, faults: dict[str, str]) -> list[str]:
    tools = body.get("client_tools") or []
    if not isinstance(tools, list):
        faults["client_tools"] = "Must be a list."
        return []
    if len(tools) > MAXIMUM_TOOLS:
        faults["client_tools"] = f"At most {MAXIMUM_TOOLS}; these are {len(tools)}."
    names: list[str] = []
    for index, tool in enumerate(tools):
        name = tool.get("name") if isinstance(tool, dict) else None
        field_name = f"client_tools[{index}].name"
        if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
            faults[field_name] = "Must match ^[a-z][a-z0-9_]{0,63}$."
        elif name in agent.server_tools:
            faults[field_name] = f"{name} is a server tool of this agent."
        elif name in names:
            faults[field_name] = f"{name} is there twice."
        elif not isinstance(tool.get("parameters", {}), dict):
            faults[f"client_tools[{index}].parameters"] = "Must be a JSON Schema."
        else:
            names.append(name)
    return names
