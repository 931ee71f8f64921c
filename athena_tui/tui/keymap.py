"""The keys that users choose: what they can be given to, and what they wrote that means nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules

from textual.binding import Binding
from textual.dom import DOMNode

_PACKAGES = ("athena_tui.tui.screens", "athena_tui.tui.widgets", "athena_tui.tui.transcript")


def binding_ids() -> frozenset[str]:
    """The names of everything that has a key. Imports all there is, so it is for those who choose keys only."""
    for package in _PACKAGES:
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    return frozenset(binding.id for node in _nodes(DOMNode) for binding in _own(node) if binding.id)


def problems(names: Iterable[str]) -> list[str]:
    """What is wrong with names in the configuration file, for people."""
    known = binding_ids()
    found = []
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            also = f" Did you mean {near[0]}?" if near else ""
            found.append(f"[keys] in the configuration file: nothing is called {name}.{also}")
    return found


def _nodes(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for node in base.__subclasses__():
        yield node
        yield from _nodes(node)


def _own(node: type[DOMNode]) -> Iterator[Binding]:
    ours = node.__module__.startswith("athena_tui.")
    return (each for each in node.__dict__.get("BINDINGS", ()) if ours and isinstance(each, Binding))
