"""Opens sessions: from a saved agent, or from a configuration file that the platform was asked to check first.

Follows the REST tutorial and the Sessions and Agents reference pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from pathlib import Path
from uuid import UUID

from athena_tui.client.atthene.configuration import (
    Configuration,
    InvalidConfiguration,
    Problem,
    load_configuration,
)
from athena_tui.client.atthene.wire import WireAgent, WireFieldError, WireSession, WireVerdict, read, read_items
from athena_tui.client.errors import ClientError, InvalidRequest, NotFound
from athena_tui.client.models import DefinedAgent, JsonObject, JsonValue
from athena_tui.client.refusals import refusal_of
from athena_tui.client.request import Request, path_segment
from athena_tui.client.sanitise import clean_text
from athena_tui.client.transport import Transport

_REFUSED = frozenset({400, 422})
"""What an invalid configuration may be answered with; the page shows the body, not the status."""

_INDEX = re.compile(r"\.(\d+)(?=\.|$)")


class SessionOpener:
    """Knows the agents that files define, and opens sessions with those and with the saved ones.

    Args:
        transport: The connection.
        agent_file: A file that defines an agent, where there is one from the start.
    """

    def __init__(self, transport: Transport, agent_file: Path | None) -> None:
        self._transport = transport
        self._files: dict[Path, str | None] = {} if agent_file is None else {agent_file: None}
        """Each with the id its agent had when it was last read."""
        self._valid: JsonObject | None = None

    async def use_file(self, path: Path) -> DefinedAgent:
        """Follows `AgentFiles.use_agent_file`."""
        configuration = await asyncio.to_thread(load_configuration, path)
        warnings = [str(problem) for problem in configuration.warnings]
        try:
            await self._check(configuration)
        except InvalidConfiguration:
            raise
        except ClientError as error:
            warnings.append(f"{clean_text(str(path))}: Atthene did not check it: {error.message}")
        self._files[path] = configuration.agent.id
        return DefinedAgent(configuration.agent, tuple(warnings))

    async def configurations(self) -> list[Configuration]:
        """The agents that files define, as far as the files are right; one that is not tells so when it is used."""
        found = []
        for path in list(self._files):
            with contextlib.suppress(InvalidConfiguration):
                found.append(await self._read(path))
        return found

    async def open(self, agent_id: str) -> str:
        """Open a session with an agent; its id."""
        for path, known_as in list(self._files.items()):
            try:
                configuration = await self._read(path)
            except InvalidConfiguration:
                if known_as in {None, agent_id}:
                    raise
                continue
            if agent_id in {"", configuration.agent.id}:
                return await self._open_inline(configuration)
        if not agent_id:
            raise InvalidRequest("No agent is chosen.", remedy="Choose one, or set its key as `agent_id`.")
        return await self._open_saved(agent_id)

    async def _read(self, path: Path) -> Configuration:
        configuration = await asyncio.to_thread(load_configuration, path)
        self._files[path] = configuration.agent.id
        return configuration

    async def _open_saved(self, agent_id: str) -> str:
        """By the key, as the newest pages have it; by the id, as the older one has it."""
        if _is_uuid(agent_id):
            return await self._open_by_id(agent_id)
        try:
            return await self._send(Request("GET", "/sessions/from-agent/", params={"agent_key": agent_id}))
        except NotFound as error:
            # An older server has no GET here; where it has, nobody else is meant by this key.
            found = await self._id_of(agent_id) if error.status == 405 else None
            if found is not None:
                return await self._open_by_id(found)
            error.remedy = f"Check the agent key “{clean_text(agent_id)}”: `athena-tui agents` lists them."
            if not self._transport.base_url.endswith("/api/v1"):
                error.remedy += " Atthene's base URL ends in /api/v1."
            raise

    async def _open_by_id(self, agent_id: str) -> str:
        # A session that is opened twice and used once does no harm.
        return await self._send(Request("POST", f"/sessions/from-agent/{path_segment(agent_id)}/", repeatable=True))

    async def _id_of(self, agent_key: str) -> str | None:
        answer = await self._transport.send(Request("GET", "/agent/"))
        saved = read_items(WireAgent, answer.json(), "results", "agents")
        return next((agent.id for agent in saved if agent.agent_key == agent_key), None)

    async def _open_inline(self, configuration: Configuration) -> str:
        try:
            await self._check(configuration)
        except InvalidConfiguration:
            raise
        except ClientError:
            pass  # opening the session meets the same trouble and reports it, or tells what is wrong
        try:
            return await self._send(Request("POST", "/sessions/", json=configuration.value, repeatable=True))
        except InvalidRequest as error:
            problems = _problems(configuration, error.details)
            if not problems:
                raise
            raise InvalidConfiguration(problems, status=error.status) from error

    async def _check(self, configuration: Configuration) -> None:
        """Ask the platform about a configuration, once. Follows the Validate page.

        Raises:
            InvalidConfiguration: It is not valid.
            ClientError: The platform does not say.
        """
        if self._valid == configuration.value:
            return
        path = "/agent/validate/"
        answer = await self._transport.send(
            Request("POST", path, json=configuration.value, repeatable=True, passed_statuses=_REFUSED)
        )
        verdict = read(WireVerdict, answer.json())
        if answer.status in _REFUSED or verdict.valid is False or verdict.errors:
            problems = _problems(configuration, verdict.errors)
            said = verdict.message or refusal_of(answer.json()).message or "Atthene refuses it and does not say why."
            raise InvalidConfiguration(problems or [configuration.problem("", said)], status=answer.status)
        self._valid = configuration.value

    async def _send(self, request: Request) -> str:
        return _session_id((await self._transport.send(request)).json())


def _problems(configuration: Configuration, errors: object) -> list[Problem]:
    """What the platform found, each at its line where the field is in the file."""
    found = [WireFieldError.of(item) for item in errors] if isinstance(errors, list) else []
    return [configuration.problem(_INDEX.sub(r"[\1]", item.field), item.message) for item in found if item is not None]


def _session_id(value: JsonValue) -> str:
    """The id of a session that was opened; a refusal may come with a 200, too."""
    if isinstance(value, dict) and value.get("success") is False:
        reason = value.get("error")
        raise InvalidRequest(str(reason) if reason else "Atthene opened no session and gave no reason.")
    return read(WireSession, value).session_id


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
