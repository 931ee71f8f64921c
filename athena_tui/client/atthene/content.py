"""The `content` of a message: a string, or blocks. Follows the multimodal part of the REST tutorial."""

from __future__ import annotations

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.models import Attachment, JsonObject, JsonValue

_FILE_REMEDY = "Give the file's public URL instead; pictures can be attached from this machine."


def content_of(text: str, attachments: tuple[Attachment, ...]) -> JsonValue:
    """A message as the platform wants it.

    Raises:
        InvalidRequest: An attachment is neither a picture nor at a public URL.
    """
    if not attachments:
        return text
    blocks: list[JsonValue] = [{"type": "text", "text": text}] if text else []
    return [*blocks, *(_block(attachment) for attachment in attachments)]


def _block(attachment: Attachment) -> JsonObject:
    reference = attachment.reference
    if attachment.content_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": reference}}
    if not reference.startswith(("https://", "http://")):
        raise InvalidRequest(f"Atthene takes “{attachment.filename}” only from a public URL.", remedy=_FILE_REMEDY)
    return {"type": "file", "file_url": reference}


def read_content(content: JsonValue) -> tuple[str, tuple[Attachment, ...]]:
    """The text and the attachments of a stored or received message, whatever its content looks like."""
    if isinstance(content, str):
        return content, ()
    texts: list[str] = []
    attachments: list[Attachment] = []
    for block in content if isinstance(content, list) else [content]:
        if isinstance(block, str):
            texts.append(block)
            continue
        match block:
            case {"text": str(text)}:
                texts.append(text)
            case {"image_url": {"url": str(url)}} | {"image_url": str(url)}:
                attachments.append(Attachment(_filename(url), "image/*", url))
            case {"file_url": str(url)} | {"file": {"url": str(url)}}:
                attachments.append(Attachment(_filename(url), "application/octet-stream", url))
    return "\n".join(texts), tuple(attachments)


def _filename(url: str) -> str:
    if url.startswith("data:"):
        return "picture"
    return url.partition("?")[0].rstrip("/").rpartition("/")[2] or url
