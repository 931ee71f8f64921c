"""What an execution was asked: the `content` of a request. Follows the multimodal part of the REST tutorial."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from athena_tui.sandbox.atthene.failures import invalid_request

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture given by URL or inline. `media_type` and `size` (bytes) are known for inline ones only."""

    url: str
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A request's content, taken apart."""

    text: str
    pictures: tuple[Picture, ...] = ()
    files: tuple[str, ...] = ()


def parse_content(content: object) -> Content:
    """Take a string or an array of blocks apart.

    Raises:
        ApiFailure: 400, with the block that is wrong.
    """
    if isinstance(content, str):
        if not content.strip():
            raise invalid_request("content must not be empty")
        return Content(content)
    if not isinstance(content, list) or not content:
        raise invalid_request("content is required: a string or an array of content blocks")
    texts: list[str] = []
    pictures: list[Picture] = []
    files: list[str] = []
    for index, block in enumerate(content):
        match block:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                pictures.append(_picture(url, index))
            case {"type": "file", "file_url": str(url)} | {"type": "file", "file": {"url": str(url)}}:
                files.append(_public(url, index))
            case _:
                raise invalid_request(f"content[{index}] is not a text, image_url or file block")
    return Content("\n".join(texts), tuple(pictures), tuple(files))


def text_of(content: object) -> str:
    """The text alone of a content that was accepted before."""
    if not isinstance(content, list):
        return str(content)
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def image_type(data: bytes) -> str | None:
    """The media type of an image by its first bytes, or `None` when it is not one we know."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for signature, media_type in _SIGNATURES if data.startswith(signature)), None)


def _picture(url: str, index: int) -> Picture:
    if not url.startswith("data:"):
        return Picture(_public(url, index))
    head, _, payload = url.partition(",")
    if not head.endswith(";base64"):
        raise invalid_request(f"content[{index}]: a data URL must be base64")
    try:
        data = base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise invalid_request(f"content[{index}]: the base64 text is damaged") from error
    media_type = image_type(data)
    if media_type is None:
        raise invalid_request(f"content[{index}]: this is not a PNG, JPEG, GIF or WebP image")
    return Picture(f"{head},…", media_type, len(data))


def _public(url: str, index: int) -> str:
    if not url.startswith(("http://", "https://")):
        raise invalid_request(f"content[{index}]: the URL must begin with http:// or https://")
    return url
