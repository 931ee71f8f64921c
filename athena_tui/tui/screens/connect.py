"""Where to connect to: the sandbox, or a platform with a key; tried at once, kept if wanted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from athena_tui.chat.local_conversations import platform_client
from athena_tui.client.errors import ClientError
from athena_tui.client.models import ConnectionSettings, Platform
from athena_tui.client.probe import try_key
from athena_tui.client.protocol import Feature
from athena_tui.client.registry import default_base_url
from athena_tui.tui import surprises
from athena_tui.tui.launch import CannotConnect, Chosen, Connection, Connector, KnownProfile, Profile, Sandbox, Target
from athena_tui.tui.widgets.choice import Choice

_SANDBOX = "sandbox"
_DO_NOT_KEEP = "not at all"
_CHOICES = (
    (_SANDBOX, "Sandbox", "agents on this machine; needs no key, costs nothing"),
    (Platform.ATHENA.value, "Athena", "an API key, or a client-side key"),
    (Platform.ATTHENE.value, "Atthene", "a token; an agent's key as its id"),
    (Platform.TENFIVE.value, "TenFive", "a key of a server of your own"),
)
_TITLES = {Platform(name): title for name, title, _ in _CHOICES if name != _SANDBOX}
_FIELDS = (
    ("base_url", "Base URL", "as the documentation gives it"),
    ("api_key", "Key", "stays on this machine"),
    ("workspace_id", "Workspace", "only where the platform asks for one"),
    ("agent_id", "Agent", "optional: its id, or a .yaml or .json file that defines it"),
)
_BASE_URLS = {platform.value: default_base_url(platform) or "" for platform in Platform}


class ConnectScreen(ModalScreen[Connection | None]):
    """Gives back an open connection, or nothing.

    Args:
        connector: Makes it.
        here: What one is connected to now.
    """

    CSS_PATH = "connect.tcss"
    HELP = "Connect"
    AUTO_FOCUS = "#platforms"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="connect.close"),
        Binding("ctrl+s", "connect", "Connect", id="connect.submit", priority=True),
    ]

    def __init__(self, connector: Connector, here: str | None = None) -> None:
        super().__init__()
        self._connector = connector
        self._here = here
        self._profiles: dict[str, KnownProfile] = {}
        self._busy = False

    def compose(self) -> ComposeResult:
        """What to connect to, the fields, where the key is kept, what is wrong."""
        with VerticalScroll(id="connect", can_focus=False):
            yield Static(Content.styled("Connect", "bold"), id="connect-title")
            yield OptionList(*_choices(), id="platforms", markup=False, compact=True)
            with Horizontal(id="connect-sandbox", classes="connect-row"):
                yield Static("Speaks", classes="connect-label", markup=False)
                yield Choice([_TITLES[platform] for platform in Platform], 0, id="sandbox-platform")
            with VerticalScroll(id="connect-fields", can_focus=False):
                for name, label, placeholder in _FIELDS:
                    with Horizontal(classes="connect-row"):
                        yield Static(label, classes="connect-label", markup=False)
                        yield Input(
                            placeholder=placeholder, id=f"field-{name}", password=name == "api_key", compact=True
                        )
                with Horizontal(classes="connect-row"):
                    yield Static("Keep it", classes="connect-label", markup=False)
                    yield OptionList(Option(_DO_NOT_KEEP, id=_DO_NOT_KEEP), id="places", markup=False, compact=True)
            yield Static("", id="connect-note", markup=False)

    async def on_mount(self) -> None:
        """The profiles come first; without any it is the sandbox."""
        listed = self.query_one("#platforms", OptionList)
        with contextlib.suppress(CannotConnect):
            known = await self._connector.profiles()
            self._profiles = {f"profile:{profile.name}": profile for profile in known}
        if self._profiles:
            listed.set_options([*self._profile_options(), *_choices()])
        listed.highlighted = 1 if self._profiles else 0
        self._say_keys()
        self.run_worker(self._find_places(), exit_on_error=False)

    @on(OptionList.OptionHighlighted, "#platforms")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        name = event.option_id or _SANDBOX
        self.query_one("#connect-sandbox").display = name == _SANDBOX
        self.query_one("#connect-fields").display = name in _BASE_URLS
        field = self.query_one("#field-base_url", Input)
        if not field.value or field.value in _BASE_URLS.values():
            field.value = _BASE_URLS.get(name, "")
        self._say_keys()

    @on(OptionList.OptionSelected, "#platforms")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id not in _BASE_URLS:
            self.action_connect()
        else:
            self.query_one("#field-base_url" if not _BASE_URLS.get(str(event.option_id)) else "#field-api_key").focus()

    @on(Input.Submitted)
    @on(Choice.Submitted)
    @on(OptionList.OptionSelected, "#places")
    def _submitted(self) -> None:
        self.action_connect()

    @on(Input.Changed)
    def _changed(self) -> None:
        if not self._busy:
            self._say_keys()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    def action_connect(self) -> None:
        """Try it."""
        if self._busy:
            return
        try:
            target = self._target()
        except ValueError as error:
            self._say(str(error), error=True)
            return
        self.run_worker(self._connect(target), exclusive=True, group="connect", exit_on_error=False)

    async def _connect(self, target: Target) -> None:
        self._busy = True
        self._say("Starting the sandbox …" if isinstance(target, Sandbox) else "Trying it …")
        try:
            connection = await self._connector.connect(target)
            try:
                await _try(connection)
            except BaseException:
                await connection.workspace.aclose()
                await connection.close()
                raise
            if isinstance(target, Chosen):
                await self._keep(target)
        except CannotConnect as error:
            self._say(str(error), error=True)
        except ClientError as error:
            self._say(f"{error.message} {_remedy(error)}", error=True)
        else:
            self.dismiss(connection)
        finally:
            self._busy = False

    async def _keep(self, target: Chosen) -> None:
        option = self.query_one("#places", OptionList).highlighted_option
        if option is None or option.id is None or option.id == _DO_NOT_KEEP:
            return
        try:
            sentence = await self._connector.keep(target, option.id)
        except CannotConnect as error:
            self.app.notify(f"Connected, but not kept: {error}", severity="warning", timeout=12, markup=False)
        else:
            self.app.notify(sentence, timeout=8, markup=False)

    def _target(self) -> Target:
        option = self.query_one("#platforms", OptionList).highlighted_option
        if option is not None and option.id in self._profiles:
            return Profile(self._profiles[option.id].name)
        if option is None or option.id is None or option.id == _SANDBOX:
            # Nothing but the sandbox's first voice goes by the sandbox's plain name.
            speaks = self.query_one("#sandbox-platform", Choice).chosen
            return Sandbox(tuple(Platform)[speaks] if speaks else None)
        values = {name: self.query_one(f"#field-{name}", Input).value.strip() for name, _, _ in _FIELDS}
        base_url = values["base_url"].rstrip("/")
        if not base_url.startswith(("https://", "http://")):
            raise ValueError("The base URL begins with https:// or http://.")
        key = values["api_key"]
        if key and not (key.isascii() and key.isprintable() and " " not in key):
            raise ValueError("This is no key: it holds spaces or letters no key has.")
        agent_id, agent_file = named_agent(values["agent_id"])
        settings = ConnectionSettings(
            platform=Platform(option.id),
            base_url=base_url,
            api_key=key or None,
            workspace_id=values["workspace_id"] or None,
            agent_config=agent_file,
        )
        return Chosen(settings, agent_id, option.id)

    def _profile_options(self) -> Iterator[Option]:
        """The profiles, each with where it leads."""
        width = max(9, *(len(profile.name) for profile in self._profiles.values()))
        yield Option(Content.styled("Profiles", "bold $foreground 60%"), disabled=True)
        for option_id, profile in self._profiles.items():
            here = ("  you are here", "$text-accent") if profile.name == self._here else ("", "")
            where = f" {_TITLES[profile.platform]}  {profile.base_url.partition('://')[2]}"
            yield Option(
                Content.assemble((f"{profile.name:<{width}}", "bold"), (where, "$foreground 60%"), here), id=option_id
            )
        yield Option(Content.styled("\nSomewhere else", "bold $foreground 60%"), disabled=True)

    async def _find_places(self) -> None:
        places = self.query_one("#places", OptionList)
        with contextlib.suppress(CannotConnect):
            found = await self._connector.key_places()
            names = {"keyring": "in the system's keyring", "file": "in a file only you can read"}
            places.set_options(
                [
                    *(Option(names.get(place, place), id=place) for place in found),
                    Option(_DO_NOT_KEEP, id=_DO_NOT_KEEP),
                ]
            )
        places.highlighted = 0

    def _say(self, text: str, *, error: bool = False) -> None:
        self.query_one("#connect-note", Static).update(Content.styled(text, "$text-error" if error else ""))

    def _say_keys(self) -> None:
        keys = Content.assemble(
            ("ctrl+s", "bold"),
            (" connect   ", "$foreground 60%"),
            ("tab", "bold"),
            (" next field   ", "$foreground 60%"),
            ("esc", "bold"),
            (" back", "$foreground 60%"),
        )
        self.query_one("#connect-note", Static).update(keys)


def named_agent(text: str) -> tuple[str | None, Path | None]:
    """What was entered for the agent: its id, or a file that defines it."""
    if text.lower().endswith((".yaml", ".yml", ".json")):
        return None, Path(text).expanduser()
    return text or None, None


def _choices() -> Iterator[Option]:
    for name, title, what in _CHOICES:
        yield Option(Content.assemble((f"{title:<10}", "bold"), (what, "$foreground 60%")), id=name)


async def _try(connection: Connection) -> None:
    """Ask for something that needs the key."""
    workspace = connection.workspace
    if workspace.client.capabilities.has(Feature.AGENTS):
        await workspace.load_agents()
    else:
        await try_key(platform_client(workspace.client))
    if connection.agent_file is not None:
        await workspace.use_agent_file(connection.agent_file)


def _remedy(error: ClientError) -> str:
    if error.status == 401:
        return "Check the key: it may be mistyped, expired, or of another platform."
    return error.remedy or ""
