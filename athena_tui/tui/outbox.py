"""Messages that wait for the run before them, one box for each session."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from athena_tui.chat.run import RunEnd
from athena_tui.chat.session import Session
from athena_tui.client.errors import ClientError
from athena_tui.client.events import RunFailed, RunFinished, RunStatus
from athena_tui.client.models import Attachment
from athena_tui.tui.attaching.chosen import Chosen


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way, with what goes along."""

    text: str
    attachments: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUploaded:
    """Why a message was not sent: this did not reach the platform. Without an error it was stopped by the user."""

    attachment: Chosen
    error: ClientError | None = None


@dataclass(slots=True, eq=False)
class Outbox:
    """Sends one message after the other; when one goes wrong, those behind it are given back.

    Args:
        session: Where they are sent.
        changed: Called when what waits is another, or an upload gets on.
        ended: Called with each message, what came of it, and what was given back.
    """

    session: Session
    changed: Callable[[], None]
    ended: Callable[[Outgoing, RunEnd | NotUploaded, list[Outgoing]], None]
    queue: deque[Outgoing] = field(default_factory=deque)
    busy: bool = False
    uploading: tuple[Outgoing, Chosen, int] | None = None
    """The message whose attachments are being uploaded, the one of them that is, and how many per cent of it are."""
    _upload: asyncio.Task[Attachment] | None = None

    async def send(self) -> None:
        """Send everything that waits."""
        if self.busy:
            return
        self.busy = True
        try:
            while self.queue:
                outgoing, failure = await self._uploaded(self.queue.popleft())
                self.changed()
                end = failure or await self._sent(outgoing)
                self.ended(outgoing, end, [] if went_well(end) else self.take_back())
        finally:
            self.busy = False
            self.changed()

    def take_back(self) -> list[Outgoing]:
        """Empty the queue; returns what was in it."""
        taken = list(self.queue)
        self.queue.clear()
        return taken

    def stop(self) -> bool:
        """Stop an upload; whether there was one."""
        return self._upload is not None and self._upload.cancel()

    async def _sent(self, outgoing: Outgoing) -> RunEnd:
        return await self.session.send(outgoing.text, [each.held for each in outgoing.attachments if each.held])

    async def _uploaded(self, outgoing: Outgoing) -> tuple[Outgoing, NotUploaded | None]:
        """The message with everything in the platform's hands, as far as that went."""
        for index, chosen in enumerate(outgoing.attachments):
            if chosen.held is not None or chosen.path is None:
                continue
            self._tell(outgoing, chosen, 0.0)
            upload = self.session.client.upload(chosen.path, partial(self._tell, outgoing, chosen))
            self._upload = asyncio.ensure_future(upload)
            try:
                await asyncio.wait({self._upload})
                held = self._upload.result()
            except asyncio.CancelledError:
                if not self._upload.cancelled():
                    self._upload.cancel()
                    raise
                return outgoing, NotUploaded(chosen)
            except ClientError as error:
                return outgoing, NotUploaded(chosen, error)
            finally:
                self._upload = self.uploading = None
            there = (*outgoing.attachments[:index], replace(chosen, held=held), *outgoing.attachments[index + 1 :])
            outgoing = replace(outgoing, attachments=there)
        return outgoing, None

    def _tell(self, outgoing: Outgoing, chosen: Chosen, part: float) -> None:
        uploading = (outgoing, chosen, int(part * 100))
        if uploading != self.uploading:
            self.uploading = uploading
            self.changed()


def went_well(end: RunEnd | NotUploaded) -> bool:
    """Whether the next message may follow."""
    return isinstance(end, RunFinished) and end.status is RunStatus.COMPLETED


def was_refused(end: RunEnd | NotUploaded) -> bool:
    """Whether the platform took nothing of it, so that the text can be changed and sent again."""
    if isinstance(end, NotUploaded):
        return True
    return isinstance(end, RunFailed) and end.run_id is None and end.status is not None and 400 <= end.status < 500
