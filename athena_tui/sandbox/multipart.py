"""The one file of a `multipart/form-data` body, without a dependency for it (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file; `content_type` is empty where the part does not say."""

    filename: str
    content_type: str
    data: bytes


def find_upload(content_type: str, body: bytes, field: str) -> Upload | None:
    """The file in the form field `field`, or `None` when the body holds none."""
    boundary = _message(f"Content-Type: {content_type}").get_param("boundary")
    if not isinstance(boundary, str):
        return None
    # The first boundary has no line end before it; giving it one makes all alike.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        head, separator, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            continue
        headers = _message(head.decode("utf-8", "replace"))
        filename = headers.get_filename()
        if headers.get_param("name", header="Content-Disposition") == field and filename is not None:
            kind = headers.get_content_type() if "Content-Type" in headers else ""
            return Upload(filename, kind, data)
    return None


def _message(head: str) -> Message:
    message = Message()
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        message[name] = value.strip()
    return message
