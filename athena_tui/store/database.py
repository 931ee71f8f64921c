"""One SQLite file, one connection, one thread that uses it; awaited from the event loop.

Several processes may have the file open: writers take turns, readers never wait (WAL).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from athena_tui.store.schema import migrate

T = TypeVar("T")

_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do. Nothing in it was changed."""


class Database:
    """An open database. Made by `open`."""

    def __init__(self, path: Path, executor: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
        self.path = path
        self._executor = executor
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open a file, make it if it is not there, and bring its tables up to date.

        Raises:
            StoreError: It is damaged, not ours, newer than this program, or out of reach.
        """
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            connection = await asyncio.get_running_loop().run_in_executor(executor, _connect, path)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(path, executor, connection)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run queries that change nothing.

        Raises:
            StoreError: The database cannot be used any more.
        """
        return await self._run(lambda: work(self._connection))

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run statements in one transaction: all of them, or none. On return the changes outlive this process.

        Raises:
            StoreError: The database cannot be used any more, or another process kept it locked.
        """

        def transaction() -> T:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return result

        return await self._run(transaction)

    async def aclose(self) -> None:
        """Close the file; what was asked for before is done first. More than once does no harm."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._connection.close)
        except RuntimeError:  # the executor was shut down: closed before
            return
        self._executor.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            working = asyncio.get_running_loop().run_in_executor(self._executor, work)
        except RuntimeError as error:  # the executor was shut down
            raise StoreError(f"{self.path} is closed") from error
        try:
            return await working
        except sqlite3.Error as error:
            raise _explained(self.path, error) from error


def storable(text: str) -> str:
    """Text as SQLite takes it: lone surrogates, which no encoding has, become question marks."""
    return text.encode("utf-8", "replace").decode()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made here and not by SQLite, so that nobody else can read it for a moment; -wal and -shm inherit the mode.
        # One that is there is never opened: closing it would drop the locks of this process's other connection.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}") from error
    try:
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # With WAL this survives a killed process; only a power cut may lose the last moments.
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        connection.close()
        raise _explained(path, error) from error
    except ValueError as error:
        connection.close()
        raise StoreError(f"{path}: {error}") from error
    return connection


def _explained(path: Path, error: sqlite3.Error) -> StoreError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        remedy = "move it away to start afresh, or restore a copy; it was not touched"
        return StoreError(f"{path} is damaged or no database ({error}); {remedy}")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(f"{path} is locked by another program; close it, then try again")
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"{path} cannot grow: the disk is full")
    return StoreError(f"{path}: {error}")
