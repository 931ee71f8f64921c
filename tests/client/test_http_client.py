"""What the environment says about proxies and certificates is used, or told in plain words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from athena_tui.client.errors import ConnectionFailed
from athena_tui.client.http_client import http_client

PROXY_VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXY_VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("proxy", ["foo://127.0.0.1:1080", "http://proxy.example:port"])
def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConnectionFailed, match="proxy") as caught:
        http_client("https://api.example.com")
    assert caught.value.code == "unusable_proxy"


def test_a_socks_proxy_without_what_speaks_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)  # as where it is not installed
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(ConnectionFailed, match="SOCKS") as caught:
        http_client("https://api.example.com")
    assert caught.value.remedy is not None
    assert "socksio" in caught.value.remedy


@pytest.mark.parametrize("there", [True, False])
def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, there: bool) -> None:
    path = tmp_path / "certificates.pem"
    if there:
        path.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConnectionFailed, match="certificates") as caught:
        http_client("https://api.example.com")
    assert caught.value.code == "unusable_certificates"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_this_machine_needs_no_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ALL_PROXY", "foo://127.0.0.1:1080")
    await http_client(f"http://{host}:3000").aclose()
