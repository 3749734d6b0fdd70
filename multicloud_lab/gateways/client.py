"""dask-gateway's client as the lab uses it: it asks the configured address, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import dask_gateway

from multicloud_lab.names import Resolver


class RedirectedError(Exception):
    """A gateway's address answers that what is wanted is elsewhere.

    Nobody follows: aiohttp would leave the sign-in out there, so that the gateway would refuse it,
    and a start would become a mere look.

    Parameters
    ----------
    target : str
        Where it sends, without a query: that may hold what a login goes on with.
    """

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class Client(dask_gateway.Gateway):  # type: ignore[misc] # the package has no types
    """dask-gateway's client, with two answers of the API that it keeps to itself.

    To be made inside the event loop that it is used on.

    Parameters
    ----------
    proxy : str or None
        An HTTP proxy's URL.
    addresses
        All that dask-gateway has: whatever is not given is taken from dask's global configuration,
        which is not ours.
    """

    def __init__(self, *, proxy: str | None, **addresses: Any) -> None:
        super().__init__(**addresses, asynchronous=True)
        # Neither can be said by an argument; and the session would be made without our resolver.
        self._request_kwargs = {"proxy": proxy, "allow_redirects": False}
        self._session = open_session(aiohttp.CookieJar(unsafe=True))

    async def _request(self, method: str, url: str, json: Any = None) -> Any:
        # What signs may have to ask somebody first; dask-gateway itself would let the loop wait.
        if prepare := getattr(self.auth, "prepare", None):
            await prepare(urlsplit(url).hostname)
        return stays(await super()._request(method, url, json))

    async def options_form(self) -> Sequence[Mapping[str, Any]]:
        """Give the options form, as the gateway describes it."""
        response = await self._request("GET", f"{self.address}/api/v1/options")
        form: Sequence[Mapping[str, Any]] = (await response.json())["cluster_options"]
        return form

    async def adapt(self, name: str, minimum: int, maximum: int) -> str:
        """Adapt, and give what the gateway remarks (``adapt_cluster`` only warns of it)."""
        response = await self._request(
            "POST",
            f"{self.address}/api/v1/clusters/{name}/adapt",
            json={"minimum": minimum, "maximum": maximum, "active": True},
        )
        return str((await response.json())["msg"] or "")


def open_session(cookies: aiohttp.abc.AbstractCookieJar) -> aiohttp.ClientSession:
    """Open an HTTP session that looks names up apart from everything else."""
    connector = aiohttp.TCPConnector(resolver=Resolver())
    return aiohttp.ClientSession(connector=connector, cookie_jar=cookies)


def stays(response: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """Give a response, unless it sends elsewhere.

    Raises
    ------
    RedirectedError
    """
    location = response.headers.get("Location")
    if response.status in (301, 302, 303, 307, 308) and location:
        target = urlsplit(urljoin(str(response.url), location))
        _, api, asked = response.url.path.rpartition("/api/")
        path = target.path.removesuffix(api + asked)  # what is left is an address
        raise RedirectedError(target._replace(path=path, query="", fragment="").geturl())
    return response


def proxy_for(address: str) -> str | None:
    """Give the proxy that the environment names for an address, heeding ``NO_PROXY``."""
    parts = urlsplit(address)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy  # as curl reads it
