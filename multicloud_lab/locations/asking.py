"""One HTTP request of a probe: to the provider or the configured endpoint, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from multicloud_lab.locations.form import FORMS
from multicloud_lab.locations.probe import Reply

_BODY: Final = 1 << 16
"""Bytes of an answer that are read."""


def open_session(at_once: int) -> aiohttp.ClientSession:
    """Open connections for probes, which keep nothing: no cookies, no ``.netrc``."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=at_once),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),  # the prober has a deadline for the whole
        headers={"User-Agent": "multicloud-lab", "Accept-Encoding": "identity"},
        auto_decompress=False,
    )


class Asker:
    """Asks on behalf of one question.

    Parameters
    ----------
    session : aiohttp.ClientSession
    provider : str
        The only one that may be asked, over HTTPS, unless there is an endpoint.
    endpoint : str
        In the provider's place; empty if there is none.
    """

    def __init__(self, session: aiohttp.ClientSession, provider: str, endpoint: str) -> None:
        self._session = session
        self._provider = provider
        self._endpoint = endpoint

    async def __call__(self, method: str, url: str, headers: Mapping[str, str]) -> Reply:
        """Send a request and read the beginning of the answer; no redirect is followed.

        What is not read is not waited for either: leaving the answer closes its connection.
        """
        if not self._allowed(url):
            raise ValueError("a probe was about to ask a host that is not its provider's")
        async with self._session.request(
            method, url, headers=headers, allow_redirects=False
        ) as response:
            body = bytearray()
            while len(body) < _BODY and (part := await response.content.read(_BODY - len(body))):
                body += part
            return Reply(response.status, response.headers, bytes(body))

    def _allowed(self, url: str) -> bool:
        if self._endpoint:
            return url.startswith(f"{self._endpoint}/")
        parts = urlsplit(url)
        own = FORMS[self._provider].read(parts) is not None
        return own and parts.scheme == "https" and "@" not in parts.netloc
