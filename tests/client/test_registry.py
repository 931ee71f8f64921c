"""Every platform can be connected to, by name, without loading the others."""

from __future__ import annotations

import pytest

from athena_tui.client import registry
from athena_tui.client.errors import Unsupported
from athena_tui.client.models import ConnectionSettings, Platform


@pytest.mark.parametrize("platform", list(Platform))
async def test_connects_to_every_platform(platform: Platform) -> None:
    url = registry.default_base_url(platform)
    assert url
    client = registry.connect(ConnectionSettings(platform, url, api_key="key_1:secret"))
    assert client.platform is platform
    await client.aclose()


def test_a_platform_that_this_version_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PLATFORMS", {})
    with pytest.raises(Unsupported):
        registry.connect(ConnectionSettings(Platform.ATHENA, "https://example.com"))
    assert registry.default_base_url(Platform.ATHENA) is None
