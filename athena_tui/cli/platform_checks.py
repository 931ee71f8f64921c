"""The checks of `doctor` that ask the platform itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from athena_tui.cli.doctor_command import Finding, Verdict
from athena_tui.cli.exit_status import status_of_error
from athena_tui.client.agent_files import AgentFiles
from athena_tui.client.errors import ClientError, ConnectionFailed
from athena_tui.client.naming import WhichAgent, agent_named
from athena_tui.client.observer import SilentObserver, WireRecord, WireResponse
from athena_tui.client.probe import try_key
from athena_tui.client.protocol import AgentClient, Feature
from athena_tui.client.registry import connect
from athena_tui.config.settings import Settings

_TOLERATED_SKEW = timedelta(minutes=2)


class _LastResponse(SilentObserver):
    """Keeps the head of the last response, for its date."""

    def __init__(self) -> None:
        self.response: WireResponse | None = None

    def wire_recorded(self, record: WireRecord) -> None:
        """Keep it if it is a response."""
        if isinstance(record, WireResponse):
            self.response = record


async def check_platform(settings: Settings) -> list[Finding]:
    """Ask the platform for the cheapest thing that needs the key, then for the agent."""
    observer = _LastResponse()
    client = connect(settings.connection(), observer)
    try:
        try:
            seen = await try_key(client)
        except ConnectionFailed as error:
            return [_refused("network", f"{settings.base_url}: {error}", error)]
        except ClientError as error:
            key = _refused("key", f"{error.code}: {error}", error)
            return [Finding("network", Verdict.FINE, f"{settings.base_url} answers"), *_clock(observer), key]
        network = Finding("network", Verdict.FINE, f"{settings.base_url} answers")
        accepted = f"accepted; {seen}" if seen else "the platform offers nothing that would test it without cost"
        key = Finding("key", Verdict.FINE, accepted)
        agent = [*await _agent_file(client, settings), await _agent(client, settings)]
        return [network, *_clock(observer), key, *agent]
    finally:
        await client.aclose()


def _refused(check: str, seen: str, error: ClientError) -> Finding:
    return Finding(check, Verdict.BROKEN, seen, error.remedy or "", status_of_error(error))


def _clock(observer: _LastResponse) -> list[Finding]:
    headers = {name.lower(): value for name, value in observer.response.headers.items()} if observer.response else {}
    if "date" not in headers:
        return []
    try:
        skew = abs(datetime.now(UTC) - parsedate_to_datetime(headers["date"]))
    except ValueError:
        return []
    seen = f"{skew.total_seconds():.0f} s from the platform's"
    if skew > _TOLERATED_SKEW:
        return [Finding("clock", Verdict.BROKEN, seen, "set this machine's clock; keys expire by it")]
    return [Finding("clock", Verdict.FINE, seen)]


async def _agent_file(client: AgentClient, settings: Settings) -> list[Finding]:
    """What the platform says about the file that defines the agent."""
    if settings.agent_config is None or not isinstance(client, AgentFiles):
        return []
    try:
        defined = await client.use_agent_file(settings.agent_config)
    except ClientError as error:
        return [Finding("agent file", Verdict.BROKEN, problem) for problem in error.message.splitlines()]
    unchecked = [warning for warning in defined.warnings if "did not check" in warning]
    seen = [Finding("agent file", Verdict.NOTE, warning) for warning in unchecked]
    return seen or [Finding("agent file", Verdict.FINE, f"{defined.agent.name}: the platform finds it valid")]


async def _agent(client: AgentClient, settings: Settings) -> Finding:
    if not settings.agent_id and not client.capabilities.has(Feature.AGENTS):
        return Finding("agent", Verdict.FINE, "the platform has one voice, which needs no name")
    if not settings.agent_id:
        return Finding("agent", Verdict.NOTE, "none is chosen", "name one with --agent, or choose one in the app")
    if not client.capabilities.has(Feature.AGENTS):
        return Finding("agent", Verdict.NOTE, f"{settings.agent_id} (the platform cannot list agents)")
    try:
        page = await client.agents()
    except ClientError as error:
        return _refused("agent", f"{error.code}: {error}", error)
    try:
        agent_id = agent_named(settings.agent_id, page.items)
    except WhichAgent as error:
        return Finding("agent", Verdict.BROKEN, error.message, error.remedy or "")
    known = next((agent for agent in page.items if agent.id == agent_id), None)
    if known is None and page.next_cursor is None and page.items:
        return Finding("agent", Verdict.BROKEN, f"{settings.agent_id} is not listed", "see `athena-tui agents`")
    return Finding("agent", Verdict.FINE, known.name if known else settings.agent_id)
