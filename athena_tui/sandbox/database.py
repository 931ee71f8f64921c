"""The sandbox's SQLite database, shared by all platforms.

Statements run on the event loop: each touches one row or one page through an index and takes well under a
millisecond. Whoever moves megabytes goes through `asyncio.to_thread`; the lock makes that safe.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

Parameters: TypeAlias = Sequence[Any]

_SCHEMA = "CREATE TABLE IF NOT EXISTS sandbox (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


class Database:
    """One connection in autocommit mode. Table names are prefixed with the platform's name.

    Args:
        path: The database file; `None` keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_SCHEMA)

    def script(self, sql: str) -> None:
        """Run several statements, such as a schema."""
        with self._lock:
            self._connection.executescript(sql)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, parameters).rowcount

    def one(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row, if any."""
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
            return row

    def all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the statements inside, or none. Holds the lock: nothing inside may await."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def next_boot(self) -> int:
        """How often this database was opened before."""
        row = self.one("SELECT value FROM sandbox WHERE name = 'boots'")
        boots = 0 if row is None else int(row["value"])
        self.execute("INSERT OR REPLACE INTO sandbox VALUES ('boots', ?)", (str(boots + 1),))
        return boots

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
