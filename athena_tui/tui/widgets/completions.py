"""The list above the composer of what may be meant by what is typed: commands, files, variables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from athena_tui.client.record import record
from athena_tui.tui.typed import Kind, Typed

if TYPE_CHECKING:
    from athena_tui.tui.attaching.finding import FileFinder

_DIM = "$foreground 60%"


@record(frozen=True, slots=True)
class Offer:
    """One completion.

    Args:
        kind: What it stands for.
        value: The command's or the variable's name, or the path of the file.
        label: How it is shown.
        goes_on: How the text goes on where it is only a part, such as a folder.
    """

    kind: Kind
    value: str
    label: Content
    goes_on: str | None = None


class Completions(OptionList):
    """Offers for one `Typed`; those of files come a little later than the rest.

    Args:
        shown: Called when there are other offers, perhaps none.
    """

    can_focus = False
    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, shown: Callable[[], None]) -> None:
        super().__init__(id="completions", markup=False)
        self._shown = shown
        self.variables: Callable[[], Sequence[tuple[str, str]]] = tuple
        """The names that `#` can stand for, each with what is said about it."""
        self.takes: Callable[[str], bool] = lambda _: True
        """Whether the platform takes a file of this name."""
        self.offers: tuple[Offer, ...] = ()
        self.typed: Typed | None = None
        self._finder: FileFinder | None = None
        self._search: Worker[None] | None = None

    @property
    def chosen(self) -> Offer | None:
        """The offer that is highlighted."""
        index = self.highlighted
        return self.offers[index] if index is not None and index < len(self.offers) else None

    def complete(self, typed: Typed | None) -> None:
        """Offer what this may mean; nothing for `None`."""
        if typed == self.typed:
            return
        self.typed = typed
        if self._search is not None:
            self._search.cancel()
            self._search = None
        match typed:
            case None:
                self._show(())
            case Typed(Kind.FILE) if self.app.is_web:
                self._show(())  # they would be those of the machine that serves the page
            case Typed(Kind.COMMAND):
                self._show(_commands(typed.text))
            case Typed(Kind.VARIABLE):
                self._show(_variables(self.variables(), typed.text))
            case Typed(Kind.FILE):
                self._search = self.run_worker(self._find(typed), group="find", exit_on_error=False)

    async def settled(self) -> None:
        """Wait for what is still being looked for, so that nothing stale is taken."""
        if self._search is not None:
            try:
                await self._search.wait()
            except (WorkerCancelled, WorkerFailed):  # something else was typed; or it is told as every surprise is
                return

    async def _find(self, typed: Typed) -> None:
        from athena_tui.tui.attaching.finding import FileFinder

        if self._finder is None:
            self._finder = FileFinder(Path.cwd())
        found = await asyncio.to_thread(self._finder.find, typed.text)
        taken = {each: each.is_folder or self.takes(each.path.name) for each in found}
        self._show(
            Offer(
                Kind.FILE,
                str(each.path),
                _file(each.typed, taken=taken[each]),
                each.typed if each.is_folder else None,
            )
            for each in sorted(found, key=lambda each: not taken[each])
        )

    def _show(self, offers: Iterable[Offer]) -> None:
        self.offers = tuple(offers)
        self.set_options(Option(offer.label) for offer in self.offers)
        self.highlighted = 0 if self.offers else None
        self._shown()


def _commands(typed: str) -> Iterable[Offer]:
    # Imported here because the first frame completes nothing.
    from athena_tui.tui.commands import matching

    for each in matching(typed):
        label = Content.assemble((f"/{each.name:<10}", "bold"), (each.help, _DIM))
        yield Offer(Kind.COMMAND, each.name, label)


def _variables(known: Sequence[tuple[str, str]], typed: str) -> Iterable[Offer]:
    width = max((len(name) for name, _ in known), default=0)
    for name, said in known:
        if name.casefold().startswith(typed.casefold()):
            yield Offer(Kind.VARIABLE, name, Content.assemble((f"#{name:<{width}}  ", "bold"), (said, _DIM)))


def _file(typed: str, *, taken: bool) -> Content:
    from athena_tui.client.sanitise import clean_text

    shown = clean_text(typed)
    if not taken:
        return Content.styled(f"{shown}  not taken here", _DIM)
    folder, slash, name = shown.rstrip("/").rpartition("/")
    return Content.assemble((folder + slash, _DIM), (name, "bold"), "/" if shown.endswith("/") else "")
