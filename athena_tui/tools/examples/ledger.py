"""A small household ledger in SQLite, so that there is something to ask about.

It lies at `ATHENA_TUI_LEDGER`, by default as `ledger.db` in the data folder, and is made on first use with four months
of plausible spending up to today.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import Field

from athena_tui.tools import ToolPolicy, tool

_DAYS = 120
_SCHEMA = """
CREATE TABLE IF NOT EXISTS transactions (
    id INTEGER PRIMARY KEY,
    date TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    cents INTEGER NOT NULL
)
"""
# Description, category, price range in cents, and how many days lie between two of them on average.
_HABITS = (
    ("Corner bakery", "groceries", 280, 920, 3),
    ("Weekly market", "groceries", 1850, 6400, 7),
    ("Espresso bar", "eating out", 260, 540, 2),
    ("Noodle house", "eating out", 1150, 2600, 6),
    ("City tram", "transport", 240, 240, 3),
    ("Train to the lake", "transport", 1420, 3180, 19),
    ("Pharmacy", "health", 490, 2890, 24),
    ("Cinema", "leisure", 1090, 2180, 16),
    ("Bookshop", "leisure", 990, 3400, 21),
)
# Description, category, cents and the day of the month.
_STANDING_ORDERS = (
    ("Rent", "housing", 94000, 1),
    ("Electricity", "housing", 6150, 5),
    ("Phone plan", "subscriptions", 1990, 8),
    ("Music streaming", "subscriptions", 1099, 14),
)


class Transaction(TypedDict):
    """One payment; the amount is in euros."""

    date: date
    description: str
    category: str
    amount: float


class Transactions(TypedDict):
    """Payments, newest first, and what they sum up to in euros."""

    transactions: list[Transaction]
    total: float


@tool
def query_transactions(start_date: date, end_date: date, category: str | None = None) -> Transactions:
    """Find the user's payments in a period, newest first, with their total in euros.

    Args:
        start_date: First day, as YYYY-MM-DD.
        end_date: Last day, included, as YYYY-MM-DD.
        category: Only this category; see list_categories.
    """
    if end_date < start_date:
        raise ValueError("end_date lies before start_date")
    query = "SELECT date, description, category, cents FROM transactions WHERE date BETWEEN ? AND ?"
    values = [start_date.isoformat(), end_date.isoformat()]
    if category is not None:
        query += " AND category = ? COLLATE NOCASE"
        values.append(category)
    with _ledger() as connection:
        rows = connection.execute(f"{query} ORDER BY date DESC, id DESC", values).fetchall()
    found = [
        Transaction(date=date.fromisoformat(day), description=what, category=kind, amount=cents / 100)
        for day, what, kind, cents in rows
    ]
    return Transactions(transactions=found, total=sum(row[3] for row in rows) / 100)


@tool
def list_categories() -> dict[str, list[str]]:
    """List the categories of the user's payments."""
    with _ledger() as connection:
        rows = connection.execute("SELECT DISTINCT category FROM transactions ORDER BY category").fetchall()
    return {"categories": [category for (category,) in rows]}


@tool(policy=ToolPolicy.ASK)
def add_transaction(
    description: Annotated[str, Field(min_length=1, max_length=200)],
    amount: Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=2)],
    category: Annotated[str, Field(min_length=1, max_length=40)],
    day: date | None = None,
) -> Transaction:
    """Write a payment into the user's ledger.

    Args:
        description: Who was paid, or for what.
        amount: Euros, at most two decimal places.
        category: One of list_categories, or a new one.
        day: When it was paid, as YYYY-MM-DD; today by default.
    """
    day = day or _today()
    with _ledger() as connection:
        _insert(connection, [(day.isoformat(), description, category.lower(), int(amount * 100))])
    return Transaction(date=day, description=description, category=category.lower(), amount=float(amount))


@contextmanager
def _ledger() -> Iterator[sqlite3.Connection]:
    """The ledger inside a transaction; seeded if it was made just now."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_SCHEMA)
        if connection.execute("SELECT count(*) FROM transactions").fetchone() == (0,):
            _insert(connection, _seed(_today()))
        yield connection
        connection.execute("COMMIT")


def _path() -> Path:
    if chosen := os.environ.get("ATHENA_TUI_LEDGER"):
        return Path(chosen).expanduser()
    if folder := os.environ.get("ATHENA_TUI_DATA_DIR"):
        return Path(folder).expanduser() / "ledger.db"
    from platformdirs import user_data_path

    return user_data_path("athena-tui", appauthor=False) / "ledger.db"


def _today() -> date:
    return date.today()  # noqa: DTZ011  # a household's day is the local one


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, str, str, int]]) -> None:
    connection.executemany("INSERT INTO transactions (date, description, category, cents) VALUES (?, ?, ?, ?)", rows)


def _seed(today: date) -> list[tuple[str, str, str, int]]:
    """The same spending for the same day, whoever asks."""
    chance = random.Random(today.toordinal())  # noqa: S311  # invented spending, no secret
    rows = []
    for day in (today - timedelta(days=ago) for ago in range(_DAYS, -1, -1)):
        rows += [(day.isoformat(), what, kind, cents) for what, kind, cents, due in _STANDING_ORDERS if due == day.day]
        rows += [
            (day.isoformat(), what, kind, chance.randint(low, high))
            for what, kind, low, high, every in _HABITS
            if chance.random() < 1 / every
        ]
    return rows
