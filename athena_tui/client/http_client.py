"""The HTTP client for one base URL, with what this machine says about proxies and certificates."""

from __future__ import annotations

import httpx

from athena_tui.client.errors import ConnectionFailed
from athena_tui.client.request import CONNECT_TIMEOUT, READ_TIMEOUT
from athena_tui.client.sanitise import clean_text


def checked_base_url(base_url: str) -> str:
    """The base URL without a slash at the end.

    Raises:
        ConnectionFailed: It is not a web address.
    """
    remedy = "Set the base URL to something like https://api.example.com (`athena-tui config show`)."
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL as error:
        raise ConnectionFailed(
            f"The base URL cannot be read: {error}.", code="invalid_base_url", remedy=remedy
        ) from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConnectionFailed(f"The base URL “{url}” is not a web address.", code="invalid_base_url", remedy=remedy)
    return str(url).rstrip("/")


def http_client(base_url: str) -> httpx.AsyncClient:
    """A client for a base URL; nothing is sent yet.

    Raises:
        ConnectionFailed: The proxy or the certificates that the environment names cannot be used.
    """
    try:
        return httpx.AsyncClient(
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            # A proxy cannot reach what runs on this machine.
            trust_env=httpx.URL(base_url).host not in {"127.0.0.1", "localhost", "::1"},
        )
    except ImportError as error:
        raise ConnectionFailed(
            "The environment names a SOCKS proxy, and this installation cannot speak to one.",
            code="unusable_proxy",
            remedy="Install the package `socksio` beside athena-tui, or name an HTTP proxy in ALL_PROXY.",
        ) from error
    except (ValueError, httpx.InvalidURL) as error:
        raise ConnectionFailed(
            f"The proxy that the environment names cannot be used: {clean_text(str(error))}.",
            code="unusable_proxy",
            remedy="Correct or unset HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.",
        ) from error
    except OSError as error:  # a missing file, or one that ssl cannot read
        raise ConnectionFailed(
            f"The certificates that the environment names cannot be read: {clean_text(str(error))}.",
            code="unusable_certificates",
            remedy="Correct or unset SSL_CERT_FILE and SSL_CERT_DIR.",
        ) from error
