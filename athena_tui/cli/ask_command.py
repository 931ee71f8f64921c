"""`athena-tui ask`: one turn without a screen."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from athena_tui.chat.run import RunEnd
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.cli.asking import Asker, somebody_is_there
from athena_tui.cli.connection import agent_to_ask, connected, load_tools_aloud
from athena_tui.cli.exit_status import ExitStatus, status_of_end, status_of_error
from athena_tui.cli.failures import reported
from athena_tui.cli.printers import JsonPrinter, Narrator, TextPrinter
from athena_tui.client.errors import ClientError, InvalidRequest, Unsupported
from athena_tui.client.events import RunFailed
from athena_tui.client.models import Attachment, Decision, JsonObject
from athena_tui.client.protocol import AgentClient, Feature
from athena_tui.config.settings import Settings
from athena_tui.tools import ToolPolicy
from athena_tui.tools.runner import ToolRunner
from athena_tui.tui.attaching.chosen import choose, rules_of


def run(arguments: argparse.Namespace) -> int:
    """Ask, and print what comes; the process's exit status."""
    try:
        message = _message(arguments.message)
        variables = _variables(arguments.var)
    except ValueError as error:
        sys.stderr.write(f"athena-tui ask: {error}\n")
        return ExitStatus.WRONG_USAGE
    return reported(lambda: asyncio.run(_ask(arguments, message, variables)))


async def _ask(arguments: argparse.Namespace, message: str, variables: JsonObject) -> int:
    in_conversation = arguments.continued or arguments.new or arguments.conversation is not None
    async with connected(arguments, Narrator(), conversations=in_conversation) as (client, settings):
        attended = arguments.tool_policy != "reject" and somebody_is_there()
        agent_id = await agent_to_ask(client, settings)
        session, manual = _session(arguments, client, settings, agent_id, attended=attended)
        printer = (
            JsonPrinter() if arguments.json else TextPrinter(structured=arguments.output == "json", attended=attended)
        )
        session.subscribe(printer.show)
        try:
            attachments = [await _attached(client, source) for source in arguments.attach]
        except ClientError as error:
            printer.finish(error.as_event(), session)
            here = isinstance(error, InvalidRequest) and error.status is None
            return ExitStatus.WRONG_USAGE if here else status_of_error(error)
        asker = Asker(session, manual)  # it has nothing to do where the session expects nobody
        session.subscribe(asker.notice)
        asking = asyncio.create_task(asker.answer())
        try:
            end = await _send(arguments, session, message, variables, attachments)
        finally:
            asking.cancel()
        printer.finish(end, session)
        return status_of_end(end)


def _session(
    arguments: argparse.Namespace, client: AgentClient, settings: Settings, agent_id: str, *, attended: bool
) -> tuple[Session, frozenset[str]]:
    """The session, and the client tools that a person answers for."""
    tools = load_tools_aloud(settings).tools
    policies = {tool.name: tool.policy for tool in tools}
    if not attended:
        # Whoever loads a tool for `ask` lets it run; nobody is there to be asked.
        policies = {name: ToolPolicy.AUTO if policy is ToolPolicy.ASK else policy for name, policy in policies.items()}
    policies |= {name: ToolPolicy(policy) for name, policy in settings.tool_policies.items()}
    if arguments.tool_policy == "reject":
        policies = {tool.name: ToolPolicy.ASK for tool in tools}
    gate = Decision(approved=arguments.approve) if arguments.approve or arguments.reject else None
    options = SessionOptions(
        agent_id=agent_id,
        conversation_id=arguments.conversation,
        kept=arguments.continued or arguments.new,
        fresh=arguments.new,
        external_user_id=settings.external_user_id,
        stream=not arguments.no_stream,
        policies=policies,
        gate=gate,
        attended=attended,
    )
    manual = frozenset(name for name, policy in policies.items() if policy is ToolPolicy.MANUAL)
    return Session(client, options, ToolRunner(tools, settings.tool_timeout)), manual


async def _attached(client: AgentClient, source: str) -> Attachment:
    """A file of this machine, handed to the platform, or what it finds at an address by itself."""
    if (reason := client.capabilities.reason(Feature.ATTACHMENTS)) is not None:
        raise Unsupported(reason)
    chosen = await asyncio.to_thread(choose, source, rules_of(client.capabilities))
    return chosen.held or await client.upload(Path(source))


async def _send(
    arguments: argparse.Namespace,
    session: Session,
    message: str,
    variables: JsonObject,
    attachments: Sequence[Attachment],
) -> RunEnd:
    turn = asyncio.create_task(session.send(message, attachments, variables, arguments.idempotency_key))
    try:
        async with asyncio.timeout(arguments.timeout):
            return await asyncio.shield(turn)
    except TimeoutError:
        await session.aclose()
        return RunFailed("timeout", f"The run took longer than {arguments.timeout:g} s and was cancelled.")
    except asyncio.CancelledError:
        # Interrupted: the run is cancelled first, and its last line still printed.
        if not await session.cancel():
            turn.cancel()
        return await turn


def _message(given: str | None) -> str:
    """The message from the command line, with what is piped in appended; an empty one only where it was given so."""
    piped = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read().strip("\n")
    message = "\n\n".join(text for text in (given, piped) if text)
    if given is None and not message.strip():
        raise ValueError("there is nothing to ask: give a message, or pipe one in")
    return message


def _variables(pairs: Sequence[str]) -> JsonObject:
    variables: JsonObject = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ValueError(f"--var takes KEY=VALUE, not {pair!r}")
        try:
            variables[name] = json.loads(value)
        except ValueError:
            variables[name] = value
    return variables
