"""Uploads and generated pictures."""

from __future__ import annotations

import struct

import httpx
import pytest

from athena_tui.sandbox.picture import paint
from tests.sandbox.athena.connection import ECHO, ILLUSTRATOR, Athena, data, error, kinds, one, running


async def upload(athena: Athena, name: str, content: bytes, kind: str, field: str = "file") -> httpx.Response:
    """Send one file."""
    return await athena.http.post("/attachments/upload", files={field: (name, content, kind)})


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"line\r\nline\r\n", bytes(range(256)) * 3, b"--not-a-boundary\r\n\r\n"]
)
async def test_an_upload_is_kept_byte_for_byte(athena: Athena, content: bytes) -> None:
    item = data(await upload(athena, "Grüße.txt", content, "text/plain"))
    assert item["filename"] == "Grüße.txt"
    assert item["content_type"] == "text/plain"
    assert item["size"] == len(content)
    assert item["storage_key"].startswith("attachments/")
    assert item["storage_key"].endswith(".txt")
    row = athena.state.database.one("SELECT data FROM athena_attachments")
    assert row is not None
    assert row["data"] == content


async def test_an_upload_can_be_used(athena: Athena) -> None:
    item = data(await upload(athena, "notes.md", b"# hi", "text/markdown"))
    attachment = {name: item[name] for name in ("filename", "content_type", "storage_key")}
    conversation = await athena.conversation(ECHO)
    done = await athena.execute(ECHO, "look", attachments=[attachment], conversation_scope=conversation)
    assert "`notes.md`" in done["output"]["text"]
    assert (await athena.messages(conversation))[0]["attachments"] == [attachment]


async def test_uploads_that_are_refused(athena: Athena) -> None:
    wrong_type = await upload(athena, "run.exe", b"MZ", "application/x-msdownload")
    assert (wrong_type.status_code, error(wrong_type)["code"]) == (415, "unsupported_media_type")
    wrong_field = await upload(athena, "a.txt", b"a", "text/plain", field="upload")
    assert (wrong_field.status_code, error(wrong_field)["code"]) == (422, "validation_error")
    no_form = await athena.http.post("/attachments/upload", content=b"a", headers={"Content-Type": "text/plain"})
    assert no_form.status_code == 422
    too_big = await upload(athena, "big.txt", b"x" * (50 * 1024 * 1024 + 1), "text/plain")
    assert (too_big.status_code, error(too_big)["code"]) == (413, "payload_too_large")


async def test_a_picture_is_painted_while_hearts_beat(athena: Athena) -> None:
    received = await athena.stream(ILLUSTRATOR, "a lighthouse at dusk")
    order = kinds(received)
    assert order.index("media_gen_submitted") < order.index("heartbeat") < order.index("media_gen_complete")
    submitted, complete = one(received, "media_gen_submitted"), one(received, "media_gen_complete")
    assert submitted["request_id"] == complete["request_id"]
    assert complete["media_type"] == "image"
    assert complete["media"][0]["url"] == complete["url"]
    async with httpx.AsyncClient() as bare:
        picture = await bare.get(complete["url"])
        missing = await bare.get(complete["url"].replace(".png", "x.png"))
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture.content[16:24]) == (320, 200)
    assert missing.status_code == 404
    assert await athena.active() == 81.4, "the agent's price and the picture's"
    (item,) = (await athena.http.get("/my/media")).json()["data"]
    assert item["url"] == complete["url"]
    assert item["execution_id"] == received[0]["execution_id"]


async def test_heartbeats_come_at_the_interval() -> None:
    async with running(heartbeat_interval=4.0) as athena:
        received = await athena.stream(ILLUSTRATOR, "a lighthouse")
        assert sum(event["type"] == "heartbeat" for event in received) == 4
        sketch = await athena.stream(ILLUSTRATOR, "a sketch of a lighthouse")
        assert "heartbeat" not in kinds(sketch)


def test_the_same_words_give_the_same_picture() -> None:
    first = paint("a lighthouse")
    paint.cache_clear()
    assert paint("a lighthouse") == first
    assert paint("a mill") != first
