"""The one file of a `multipart/form-data` body, without a dependency for it (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file."""

    filename: str
    data: bytes


def find_upload(content_type: str, body: bytes, field: str) -> Upload | None:
    """The file in the form field `field`, or `None` when the body holds none."""
    boundary = _parameters("Content-Type", content_type).get_param("boundary")
    if not isinstance(boundary, str):
        return None
    # The first boundary has no line end before it; giving it one makes all alike.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        head, separator, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            continue
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() != "content-disposition":
                continue
            disposition = _parameters("Content-Disposition", value.strip())
            filename = disposition.get_filename()
            if disposition.get_param("name", header="Content-Disposition") == field and filename is not None:
                return Upload(filename, data)
    return None


def _parameters(header: str, value: str) -> Message:
    message = Message()
    message[header] = value
    return message
