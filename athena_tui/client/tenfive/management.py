"""Keys and usage. Follows the Authentication and Usage pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from athena_tui.client.errors import InvalidRequest, NotSignedIn, UnreadableAnswer
from athena_tui.client.management import IssuedKey, UsageItem, UsageQuery, UsageReport
from athena_tui.client.models import JsonValue, Usage
from athena_tui.client.request import Request, path_segment
from athena_tui.client.tenfive.wire import KeyRecord, UsageBody, UsageEntry
from athena_tui.client.transport import Transport


class Credential:
    """The key that signs the requests: the raw pair `key_id:secret`."""

    def __init__(self, api_key: str | None) -> None:
        self._api_key = api_key

    async def headers(self) -> Mapping[str, str]:
        """The header that signs a request."""
        if not self._api_key:
            raise NotSignedIn("There is no API key for TenFive.")
        return {"Authorization": f"Bearer {self._api_key}"}

    async def renew(self) -> bool:
        """A key does not renew itself."""
        return False

    def rotated(self, issued: IssuedKey) -> None:
        """Go on with the new secret where it is our key that got one."""
        if self._api_key and self._api_key.partition(":")[0] == issued.key_id:
            self._api_key = issued.credential


async def create_api_key(transport: Transport, name: str | None) -> IssuedKey:
    """Make another key."""
    answer = await transport.send(Request("POST", "/v1/api-keys", json={"name": name} if name else {}))
    return _issued(transport, answer.json())


async def rotate_api_key(transport: Transport, key_id: str) -> IssuedKey:
    """Give a key another secret."""
    answer = await transport.send(Request("POST", f"/v1/api-keys/{path_segment(key_id)}/rotate"))
    return _issued(transport, answer.json(), key_id)


async def revoke_api_key(transport: Transport, key_id: str) -> None:
    """Make a key useless."""
    await transport.send(Request("DELETE", f"/v1/api-keys/{path_segment(key_id)}"))


async def usage_report(transport: Transport, query: UsageQuery) -> UsageReport:
    """The usage that fits the query."""
    params = {
        "granularity": query.granularity.value,
        "start": _moment(query.start),
        "end": _moment(query.end),
        "event_type": query.event_type,
        "workspace_id": query.workspace_id,
        "subject_id": query.external_user_id,
    }
    answer = await transport.send(Request("GET", "/v1/usage", params=params))
    try:
        body = UsageBody.model_validate(answer.json())
    except ValidationError as error:
        raise UnreadableAnswer("The platform's usage report cannot be read.") from error
    items = tuple(_item(entry) for entry in body.items)
    return UsageReport(items, query.granularity, body.start, body.end, body.totals)


def _issued(transport: Transport, value: JsonValue, key_id: str | None = None) -> IssuedKey:
    try:
        record = KeyRecord.model_validate(value)
    except ValidationError as error:
        raise UnreadableAnswer("The platform's answer about the key cannot be read.") from error
    key_id = record.key_id or (record.api_key or "").partition(":")[0] or key_id
    credential = record.api_key or (f"{key_id}:{record.secret}" if record.secret else None)
    if not key_id or not credential:
        raise UnreadableAnswer("The platform's answer does not contain the key.")
    transport.mask.learn(credential)
    return IssuedKey(key_id, credential, record.name, record.created_at)


def _item(entry: UsageEntry) -> UsageItem:
    counted = entry.input_tokens is not None or entry.output_tokens is not None
    return UsageItem(
        entry.event_type,
        entry.quantity,
        entry.period_start,
        entry.count,
        entry.workspace_id,
        entry.subject_id,
        Usage(entry.input_tokens, entry.output_tokens) if counted else None,
    )


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidRequest("The times of a usage report need an offset from UTC.", remedy="Add one, such as +00:00.")
    return moment.isoformat()
