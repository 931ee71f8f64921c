"""What the bars say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from athena_tui.client import observer
from athena_tui.client.models import Credits, TopUpPack
from athena_tui.client.observer import ConnectionState
from athena_tui.tui.symbols import ASCII, UNICODE
from athena_tui.tui.themes import theme_name
from athena_tui.tui.widgets.header import describe, place_line
from athena_tui.tui.widgets.sidebar import age, group
from athena_tui.tui.widgets.status import credits_line
from tests.tui.fakes import NOW, connected, make_app, scripted, wait_until


@pytest.mark.parametrize(
    ("state", "seconds", "said"),
    [
        (observer.Idle(), 0.0, ""),
        (observer.Connecting(), 0.0, "◌ connecting"),
        (observer.Live(), 0.0, "● live"),
        (observer.Retrying("HTTP 503", 4.0, 1, 3), 3.6, "↻ retrying in 4 s (HTTP 503)"),
        (observer.RateLimited(12.0, 1, 3), 12.0, "↻ rate-limited 12 s"),
        (observer.Retrying("HTTP 503", 4.0, 1, 3), 0.2, "↻ retrying (HTTP 503)"),
        (observer.RateLimited(12.0, 1, 3), 0.0, "↻ rate-limited"),
        (observer.Reconnecting(118, 2, 5, 1.0), 1.0, "↻ reconnecting from event 118 (2/5)"),
        (observer.Offline("no route"), 0.0, "○ offline"),
        (observer.SignedOut("expired"), 0.0, "○ signed out · ctrl+k"),
    ],
)
def test_the_connection_is_described(state: ConnectionState, seconds: float, said: str) -> None:
    assert describe(state, seconds, UNICODE).plain == said
    assert describe(state, seconds, ASCII).plain.isascii()


async def test_who_was_answered_before_waits_and_does_not_connect() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 30)) as pilot:
        header = (await connected(pilot, app)).header
        said = []
        states = (observer.Connecting(), observer.Live(), observer.Connecting(), observer.Connecting())
        for state in (observer.Idle(), *states, observer.Offline("gone"), observer.Connecting()):
            header.show_connection(state)
            said.append(str(header.render()).split()[-1])
        assert said[1:] == ["connecting", "live", "waiting", "waiting", "offline", "connecting"]


def test_the_balance_says_what_there_is_room_for() -> None:
    balance = Credits(
        0.0, 25.0, 3.0, next_refresh_at=NOW + timedelta(hours=20), recommended_pack=TopUpPack("pack-100", 100)
    )
    wide = credits_line(balance, 0.42, UNICODE, NOW, 200).plain
    assert "−0.42" in wide
    assert "recommended: 100 credits, pack-100" in wide
    assert "25.0 frozen – Resubscribe to unlock" in wide
    assert "3.0 inactive" in wide
    assert "refresh tomorrow 08:00" in wide
    narrow = credits_line(balance, 0.42, UNICODE, NOW, 60)
    assert "pack-100" in narrow.plain
    assert "inactive" not in narrow.plain
    assert narrow.cell_length <= 60


@pytest.mark.parametrize(
    ("ago", "said", "under"),
    [
        (timedelta(seconds=3), "now", "Today"),
        (timedelta(minutes=59), "59m", "Today"),
        (timedelta(hours=13), "13h", "Yesterday"),
        (timedelta(days=6), "6d", "This week"),
        (timedelta(days=400), "1y", "Older"),
        (-timedelta(hours=1), "now", "Today"),
    ],
)
def test_conversations_are_dated_and_grouped(ago: timedelta, said: str, under: str) -> None:
    assert age(NOW - ago, NOW) == said
    assert group(NOW - ago, NOW) == under


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
@pytest.mark.parametrize("hours", [-5, 5])
def test_the_ends_of_the_calendar_are_grouped_in_every_time_zone(moment: datetime, hours: int) -> None:
    now = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert group(moment, now) in {"Older", "Today"}


def test_sixteen_colours_are_the_terminals_own() -> None:
    names = {"athena-dark", "athena-light", "ansi-dark", "ansi-light", "nord"}
    assert theme_name("athena-light", names, "standard") == "ansi-light"
    assert theme_name("athena-light", names, "truecolor") == "athena-light"
    assert theme_name("nord", names, "standard") == "nord"
    assert theme_name("gone", names, None) == "athena-dark"


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (60, "athena-tui   sandbox · Concierge · A long trip planning"),
        (54, "sandbox · Concierge · A long trip planning"),
        (35, "sandbox · Concierge · A long trip…"),
        (20, "Concierge · A lon…"),
        (5, "A lo…"),
    ],
)
def test_the_name_of_the_conversation_is_shortened_first(room: int, said: str) -> None:
    shown = place_line(["sandbox", "Concierge", "A long trip planning"], room, UNICODE)
    assert shown.plain == said
    assert shown.cell_length <= room


def test_without_a_connection_the_header_has_the_name_of_the_app() -> None:
    assert place_line([], 80, UNICODE).plain == "athena-tui"
    assert place_line([], 4, UNICODE).cell_length <= 4


def test_one_credit_is_no_credits() -> None:
    shown = credits_line(Credits(1.0), None, UNICODE, NOW, 80)
    assert shown.plain.endswith("1.0 credit")


async def test_a_small_window_keeps_room_and_order() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        main = await connected(pilot, app)
        assert main.sidebar.region.width <= 26
        app.notify("Something happened.", markup=False)
        await wait_until(pilot, lambda: list(main.query("Toast")))
        toast = main.query_one("Toast")
        await wait_until(pilot, lambda: toast.region.height > 0)
        assert toast.region.right == 79
        assert toast.region.bottom < main.chat.composer.region.y - 10


async def test_a_suggestion_that_wraps_stays_beside_its_key() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(40, 24)) as pilot:
        main = await connected(pilot, app)
        keys, titles = main.query(".invitation-key"), main.query(".invitation-title")
        await wait_until(pilot, lambda: titles.first().region.height > 1)
        assert titles.first().region.x == keys.first().region.right
