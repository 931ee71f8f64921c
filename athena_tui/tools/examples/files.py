"""Lets the agent read text files inside one folder, and nothing else.

The folder is `ATHENA_TUI_FILES_DIR`, by default the current one. Links out of it, hidden files and files that usually
hold secrets are refused. A person is asked before each read, because what is read leaves this machine.
"""

from __future__ import annotations

import os
from fnmatch import fnmatch
from pathlib import Path

from athena_tui.tools import ToolPolicy, tool

MAX_BYTES = 64 * 1024

_SECRETS = (
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.kdbx",
    "*.env",
    "*.tfstate",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    "*secret*",
    "*credential*",
    "*password*",
    "*token*",
)


@tool(policy=ToolPolicy.ASK)
def read_text_file(path: str) -> dict[str, str | int]:
    """Read a text file (UTF-8, at most 64 KiB) from the folder the user shares.

    Args:
        path: The file, relative to the shared folder.
    """
    folder = Path(os.environ.get("ATHENA_TUI_FILES_DIR") or ".").expanduser().resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        raise PermissionError(f"{path!r} is outside the shared folder")
    # Checked after links were followed, so that an innocent name cannot stand for a secret one.
    for part in file.relative_to(folder).parts:
        if part.startswith(".") or any(fnmatch(part.lower(), pattern) for pattern in _SECRETS):
            raise PermissionError(f"{path!r} is hidden or may hold a secret; such files are not shared")
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {path!r} in the shared folder")
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{path!r} is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path!r} is not a text file in UTF-8") from error
    return {"path": str(file.relative_to(folder)), "bytes": len(data), "text": text}
