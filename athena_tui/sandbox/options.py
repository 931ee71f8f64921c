"""What a sandbox is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How the sandbox behaves.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.
        data_directory: Where the database lives; `None` keeps everything in memory.
        seed: Makes ids, keys and the clock repeatable; `None` uses real randomness and real time.
        pace: Factor on every delay; 0 answers as fast as it can.
        faults: What goes wrong, in the grammar of `faults.parse_faults`.
        credits: Balance of the demo customer at the first start and at each daily refresh.
        messages: Length of one more past conversation, for trying how a client bears it; 0 leaves it out.
        requests_per_minute: Requests one key may make in a minute; `None` sets no limit.
        key_lifetime: Seconds until a client-side key expires.
        heartbeat_interval: Seconds between two heartbeats while a generation is awaited.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data_directory: Path | None = None
    seed: int | None = None
    pace: float = 1.0
    faults: str = ""
    credits: float = 87.4
    messages: int = 0
    requests_per_minute: int | None = 600
    key_lifetime: float = 86_400.0
    heartbeat_interval: float = 15.0
