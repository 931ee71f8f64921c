"""Prints one table of ratios, each measured in this run against its reference: `python -m tests.benchmarks [NAME…]`."""

from __future__ import annotations

import sys
from importlib import import_module

_MODULES = ("markdown_streaming", "transcript_streaming", "transcript_opening", "terminal", "link")


def main() -> None:
    """Measure what is named, or everything, and print it as a Markdown table."""
    wanted = sys.argv[1:] or _MODULES
    sys.stdout.write("| measured | ratio | against |\n| --- | ---: | --- |\n")
    for name in wanted:
        for label, ratio, note in import_module(f"tests.benchmarks.{name}").measure():
            sys.stdout.write(f"| {label} | {ratio:.2f} | {note} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
