"""What goes along with a message that is being written, checked before it is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.files import FileRules, content_type_of, size_of
from athena_tui.client.models import Attachment
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.client.sanitise import clean_text

_PICTURE = re.compile(r"data:(image/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)")

_ADDRESSES = ("http://", "https://", "data:")

ANY_FILE = FileRules("This platform", ("*",), "any file")
"""What a platform is taken to accept that says nothing."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing that goes along.

    Args:
        name: What it is called.
        content_type: What it is.
        size: How many bytes, where that is known.
        path: Where it is on this machine.
        held: What the platform has of it already, or where it finds it; with this nothing is uploaded.
    """

    name: str
    content_type: str
    size: int | None = None
    path: Path | None = None
    held: Attachment | None = None

    @property
    def source(self) -> str:
        """How one would type it: a path or an address. What only the platform knows cannot be typed."""
        if self.path is not None:
            return str(self.path)
        known = self.held is not None and self.held.reference.startswith(_ADDRESSES)
        return self.held.reference if self.held is not None and known else ""


def rules_of(capabilities: Capabilities | None) -> FileRules:
    """What the platform takes; `None` stands for no platform.

    Raises:
        InvalidRequest: No files at all; the message says why.
    """
    if capabilities is None:
        raise InvalidRequest("Not connected.", remedy="ctrl+k connects.")
    if (reason := capabilities.reason(Feature.ATTACHMENTS)) is not None:
        raise InvalidRequest(reason)
    return capabilities.files or ANY_FILE


def choose(source: str, rules: FileRules) -> Chosen:
    """A file by its path, or what stands at an address. Looks at the disk.

    Raises:
        InvalidRequest: The platform does not take it, or it cannot be read.
    """
    if source.startswith(_ADDRESSES):
        return _choose_address(source, rules)
    path = Path(source).absolute()
    name, content_type = clean_text(path.name), content_type_of(path.name)
    rules.check(name, content_type, 0)  # the type is wrong whether or not the file is there
    size = size_of(path)
    rules.check(name, content_type, size)
    return Chosen(name, content_type, size, path)


def choose_again(attachment: Attachment) -> Chosen:
    """What went along with an earlier message."""
    return Chosen(attachment.filename, attachment.content_type, attachment.size, held=attachment)


def check_room(there: Sequence[Chosen], new: Chosen, rules: FileRules) -> None:
    """See whether one more can go along.

    Raises:
        InvalidRequest: It is there already, or there are as many as the platform takes.
    """
    if any(each == new or (each.source and each.source == new.source) for each in there):
        raise InvalidRequest(f"{new.name} is attached already.")
    if rules.most is not None and len(there) >= rules.most:
        raise InvalidRequest(f"{rules.platform} takes at most {rules.most} files with a message.")


def _choose_address(address: str, rules: FileRules) -> Chosen:
    if not rules.by_address:
        raise InvalidRequest(
            f"{rules.platform} takes files from this machine only.", remedy="Save it here, then attach the file."
        )
    if address.startswith("data:"):
        picture = _PICTURE.fullmatch(address)
        if picture is None:
            raise InvalidRequest("This is no picture in base64.", remedy="It begins with data:image/png;base64,")
        name, content_type, size = "picture", picture[1], len(picture[2]) * 3 // 4
        return Chosen(name, content_type, size, held=Attachment(name, content_type, address, size))
    bare = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/")
    name = clean_text(bare.rpartition("/")[2])
    content_type = content_type_of(name)
    return Chosen(name, content_type, held=Attachment(name, content_type, address))
