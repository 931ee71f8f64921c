"""Events out of bytes, cut anywhere."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client.errors import UnreadableAnswer
from athena_tui.client.sse import ServerEvent, server_events

STREAM = (
    '\ufeff: hello\n\ndata: {"text": "Grüße 🌍\u2028"}\n\n'
    "event: named\r\ndata: one\r\ndata: two\r\n\r\n"
    "id: 7\n\n"
    ": ping\n\n"
    "data:\n\n"
    "data:no space\n\n"
    "retry: 10\nunknown: field\ndata\ndata: x\n\n"
    "data: [DONE]\n\n"
).encode()
EVENTS = [
    ServerEvent("message", '{"text": "Grüße 🌍\u2028"}', ""),
    ServerEvent("named", "one\ntwo", ""),
    ServerEvent("message", "no space", "7"),
    ServerEvent("message", "\nx", "7"),
    ServerEvent("message", "[DONE]", "7"),
]


async def chunks_of(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def read(chunks: Iterable[bytes], largest_event: int = 1000) -> list[ServerEvent]:
    return [event async for event in server_events(chunks_of(chunks), largest_event=largest_event)]


async def test_reads_what_the_standard_says() -> None:
    assert await read([STREAM]) == EVENTS


async def test_reads_it_byte_by_byte() -> None:
    assert await read(STREAM[i : i + 1] for i in range(len(STREAM))) == EVENTS


@given(st.sets(st.integers(1, len(STREAM) - 1)))
async def test_any_cut_gives_the_same_events(cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert await read(STREAM[start:end] for start, end in itertools.pairwise(edges)) == EVENTS


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
async def test_every_kind_of_newline(newline: str) -> None:
    body = newline.join(["data: 1", "data: 2", "", "data: 3", "", ""]).encode()
    assert [event.data for event in await read([body])] == ["1\n2", "3"]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n"])
async def test_the_last_event_counts_without_its_blank_line(ending: bytes) -> None:
    assert [event.data for event in await read([b"data: last", ending])] == ["last"]


async def test_an_event_without_end_is_refused() -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        await read([b"data: ", *[b"x" * 100] * 20])
    assert caught.value.code == "event_too_large"


async def test_many_lines_are_one_event() -> None:
    with pytest.raises(UnreadableAnswer):
        await read([b"data: x\r\n", b"data: x\r", b"\n"] * 100)


@pytest.mark.parametrize("blank_line", [b"\n\n", b"\r\r", b"\r\n\r\n", b"\n\r\n", b"\r\n\n"])
@pytest.mark.parametrize("size", [1, 3, 40])
async def test_many_small_events_are_not_one_large_one(size: int, blank_line: bytes) -> None:
    body = (b"data: 0123456789" + blank_line) * 200
    assert len(await read((body[i : i + size] for i in range(0, len(body), size)), largest_event=100)) == 200


async def test_bytes_that_are_not_utf8_do_not_stop_it() -> None:
    assert [event.data for event in await read([b"data: a\xffb\n\ndata: c\n\n"])] == ["a\ufffdb", "c"]
