"""Finds the files that what was typed may mean. Looks at the disk, so it runs in a thread."""

from __future__ import annotations

import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 20_000
"""Files that are listed at most, those near the working directory first."""

_LONGEST_SEARCH = 1.5
"""Seconds a listing may take."""

_FRESH = 10.0
"""Seconds for which a listing is good enough."""

_NOISE = frozenset({".git", "node_modules", "__pycache__", "venv", "site-packages"})
_ELSEWHERE = re.compile(r"~?/|\.{1,2}/|[A-Za-z]:[\\/]")
"""How a path begins that is looked up folder by folder."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file, or a folder to look into. `typed` is how one would type it."""

    path: Path
    typed: str
    is_folder: bool = False


@dataclass(slots=True)
class FileFinder:
    """Files below a folder by any letters of their names, and files elsewhere by their path.

    Args:
        root: The folder.
        clock: Seconds of a monotonic clock.
    """

    root: Path
    clock: Callable[[], float] = time.monotonic
    _listed: dict[bool, tuple[float, list[str]]] = field(default_factory=dict)
    _listing: threading.Lock = field(default_factory=threading.Lock)
    """Who types on while the files are listed waits for that list, instead of having another one made."""

    def find(self, typed: str, most: int = 50) -> list[Found]:
        """What fits, best first."""
        if _ELSEWHERE.match(typed) or typed == "~":
            return self._look_up(typed, most)
        hidden = any(piece.startswith(".") for piece in typed.split("/"))
        ranked = sorted(
            _ranked(self._files(hidden=hidden), typed), key=lambda each: (each[0], each[1].count("/"), len(each[1]))
        )
        return [Found(self.root / name, name) for _, name in ranked[:most]]

    def _files(self, *, hidden: bool) -> list[str]:
        with self._listing:
            now = self.clock()
            if hidden not in self._listed or now - self._listed[hidden][0] > _FRESH:
                self._listed[hidden] = (now, list(self._walk(now + _LONGEST_SEARCH, hidden=hidden)))
            return self._listed[hidden][1]

    def _walk(self, deadline: float, *, hidden: bool) -> Iterator[str]:
        """Paths below the root, the nearest first. Links to folders are left out, as they may lead round."""
        folders = deque([""])
        files = 0
        while folders and self.clock() <= deadline:
            folder = folders.popleft()
            for entry in _entries(self.root / folder):
                if entry.name in _NOISE or (entry.name.startswith(".") and not hidden):
                    continue
                name = f"{folder}{entry.name}"
                if _is_folder(entry):
                    if not entry.is_symlink():
                        folders.append(f"{name}/")
                elif files < MOST_FILES:
                    files += 1
                    yield name
                else:
                    return

    def _look_up(self, typed: str, most: int) -> list[Found]:
        folder, slash, name = typed.rpartition("/")
        try:
            there = self.root / Path(folder + slash).expanduser()
        except RuntimeError:  # nobody has that home
            return []
        entries = {entry.name: entry for entry in _entries(there) if name.startswith(".") or entry.name[0] != "."}
        found = []
        for _, each in sorted(_ranked(entries, name))[:most]:
            is_folder = _is_folder(entries[each])
            found.append(Found(there / each, f"{folder}{slash}{each}{'/' if is_folder else ''}", is_folder))
        return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name.casefold())
    except OSError:  # gone, or not ours to read: then there is nothing to choose from
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _ranked(names: Iterable[str], typed: str) -> Iterator[tuple[int, str]]:
    wanted = typed.casefold()
    for name in names:
        rank = _rank(wanted, name.casefold())
        if rank is not None:
            yield rank, name


def _rank(wanted: str, name: str) -> int | None:
    """How well a name fits, 0 best; `None` where its letters do not come in that order."""
    last = name[name.rfind("/") + 1 :]
    if last.startswith(wanted):
        return 0
    if wanted in last:
        return 1
    if wanted in name:
        return 2
    if _in_order(wanted, last):
        return 3
    return 4 if _in_order(wanted, name) else None


def _in_order(wanted: str, name: str) -> bool:
    at = -1
    for letter in wanted:
        at = name.find(letter, at + 1)
        if at < 0:
            return False
    return True
