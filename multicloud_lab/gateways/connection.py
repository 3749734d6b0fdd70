"""A connection to one gateway: dask-gateway's client, with deadlines and without leaks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from dask_gateway.auth import GatewayAuth
from dask_gateway.client import ClusterReport
from dask_gateway.options import Options

from multicloud_lab.config import GatewayConfig
from multicloud_lab.errors import (
    ClusterNotFoundError,
    GatewayUnreachableError,
    MulticloudLabError,
)
from multicloud_lab.gateways.circuit import Circuit
from multicloud_lab.gateways.client import Client, open_session, proxy_for, stays
from multicloud_lab.gateways.failures import (
    GONE,
    LATER,
    PROXY_WANTS_A_SIGN_IN,
    Failures,
    is_passing,
)

DEADLINE = 10.0
"""Seconds that a gateway may take to answer."""
START_DEADLINE = 60.0
"""Seconds that a gateway may take to accept a new cluster, or a cluster to run."""
RETRIES = (0.1, 0.4)
"""Seconds before a question that broke off is asked again. Only questions are: what
changes something may have been done although the answer was lost."""

_SHOWN = ("pending", "running", "stopping", "failed")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

T = TypeVar("T")


class GatewayConnection:
    """A connection to one gateway as one user; another user is another connection.

    The gateway remembers who asked in a cookie, so the credentials of a connection never change.
    To be made inside the event loop that it is used on.

    Parameters
    ----------
    config : GatewayConfig
    auth : GatewayAuth, optional
        How requests are signed; without it only :meth:`probe` is of use.
    secrets : sequence of str
        Texts that are taken out of whatever the gateway answers.
    circuit : Circuit, optional
        Of the gateway, which all of its connections share.
    refused : callable, optional
        Makes a sentence, with the way out, of a clause that says how a sign-in was refused.
    """

    def __init__(
        self,
        config: GatewayConfig,
        auth: GatewayAuth | None,
        secrets: Sequence[str] = (),
        circuit: Circuit | None = None,
        refused: Callable[[str], str] = "{}.".format,
    ) -> None:
        self.name = config.name
        self.can_sign_in = auth is not None
        self._secrets = tuple(secrets)
        self._proxy = proxy_for(config.address)
        self._failures = Failures(config, secrets, refused, self._proxy)
        self._circuit = circuit or Circuit()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._client = Client(
            proxy=self._proxy,
            address=config.address,
            proxy_address=config.proxy_address or _host_and_port(config.address),
            public_address=config.public_address or config.address,
            auth=auth or GatewayAuth(),
        )
        self._plain = open_session(aiohttp.DummyCookieJar())

    def __repr__(self) -> str:
        return f"GatewayConnection({self.name!r})"

    def signs_with(self, secrets: Sequence[str]) -> bool:
        """Say whether these are the secrets that the connection was made with."""
        return self._secrets == tuple(secrets)

    async def close(self, patience: float = START_DEADLINE) -> None:
        """Let go of the gateway when all that was asked is answered; clusters go on.

        Parameters
        ----------
        patience : float
            Seconds to wait for answers.
        """
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._idle.wait()
        finally:
            await self._client.close()
            await self._plain.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a connection that is let go from being closed: there is more to ask."""
        self._busy += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def probe(self) -> None:
        """Ask, without signing in, whether a healthy gateway is there.

        Raises
        ------
        GatewayUnreachableError
        """
        await self._ask(self._probe)

    async def clusters(self) -> list[ClusterReport]:
        """List the user's clusters, those that failed too. The reports hold TLS keys."""
        reports: list[ClusterReport] = await self._ask(lambda: self._client.list_clusters(_SHOWN))
        return reports

    async def cluster(self, name: str) -> ClusterReport:
        """Report one cluster. The report holds its TLS key.

        Raises
        ------
        ClusterNotFoundError
        """
        check_name(self.name, name)
        return await self._ask(lambda: self._client.get_cluster(name), cluster=name)

    async def started(self, name: str) -> ClusterReport | None:
        """Report one cluster as soon as it is not pending any more; the gateway waits so long.

        Returns
        -------
        ClusterReport or None
            None if that takes longer than a gateway may take to answer.

        Raises
        ------
        ClusterNotFoundError
        """
        check_name(self.name, name)
        try:
            # Less than the deadline of a call: to wait for long is no failure.
            async with asyncio.timeout(0.8 * DEADLINE):
                return await self._ask(
                    lambda: self._client.get_cluster(name, wait=True), cluster=name
                )
        except TimeoutError:
            return None

    async def options_form(self) -> Sequence[Mapping[str, Any]]:
        """Give the gateway's options form, as it describes it."""
        return await self._ask(self._client.options_form)

    async def submit(self, options: Mapping[str, Any]) -> str:
        """Ask for a cluster and give its name.

        Raises
        ------
        GatewayRefusedError
            The gateway does not take the options, or the user has too many clusters.
        """
        # Without an Options, the client would add those of dask's global configuration.
        name = await self._call(
            lambda: self._client.submit(Options(), **options),
            deadline=START_DEADLINE,
            refusable=True,
        )
        return str(name)

    async def adapt(self, name: str, minimum: int, maximum: int) -> str:
        """Give a running cluster its bounds, and return what the gateway remarks, if anything.

        Raises
        ------
        ClusterNotFoundError
        GatewayRefusedError
            The cluster is not running.
        """
        return await self._call(lambda: self._client.adapt(name, minimum, maximum), cluster=name)

    async def stop(self, name: str) -> None:
        """Stop a cluster; a name that is not known is no error to a gateway."""
        await self._call(lambda: self._client.stop_cluster(name), cluster=name)

    async def get_json(self, url: str, deadline: float) -> Any:
        """Read an open JSON page of the gateway, such as a dashboard's; None if there is none."""
        try:
            async with (
                asyncio.timeout(deadline),
                # What a scheduler sends elsewhere is not followed: it is code of its user's.
                self._plain.get(url, proxy=self._proxy, allow_redirects=False) as response,
            ):
                return await response.json() if response.status == 200 else None
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError):
            return None  # a RuntimeError: this connection was closed meanwhile

    async def _probe(self) -> None:
        for page, key in (("health", "status"), ("version", "version")):
            url = f"{self._client.address}/api/{page}"
            async with self._plain.get(url, proxy=self._proxy, allow_redirects=False) as response:
                if stays(response).status >= 500 or response.status == PROXY_WANTS_A_SIGN_IN:
                    response.raise_for_status()
                if key not in await response.json():
                    raise KeyError(key)

    async def _ask(self, question: Callable[[], Awaitable[T]], cluster: str | None = None) -> T:
        """Call what changes nothing, again if the way to the gateway broke."""

        async def persist() -> T:
            for pause in RETRIES:
                try:
                    return await question()
                except Exception as error:
                    if not is_passing(error):
                        raise
                await asyncio.sleep(pause)
            return await question()

        return await self._call(persist, cluster=cluster)

    async def _call(
        self,
        request: Callable[[], Awaitable[T]],
        *,
        deadline: float | None = None,
        cluster: str | None = None,
        refusable: bool = False,
    ) -> T:
        deadline = deadline or DEADLINE
        with self._circuit.call():
            try:
                with self.held():
                    async with asyncio.timeout(deadline):
                        return await request()
            except MulticloudLabError:
                raise
            except TimeoutError:
                failure: MulticloudLabError = GatewayUnreachableError(
                    f"{self.name} did not answer within {deadline:g} s; "
                    f"it may be down or overloaded. {LATER}"
                )
            except Exception as error:  # noqa: BLE001 - the library raises of everything
                failure = self._failures.say(error, cluster, refusable)
            # Outside of the handler, so that it does not carry the library's error along: the
            # repr of aiohttp's holds the Authorization header.
            raise failure


def check_name(gateway: str, name: str) -> None:
    """Refuse what no gateway would call a cluster, before it becomes part of a URL.

    Raises
    ------
    ClusterNotFoundError
    """
    if not _NAME.fullmatch(name):
        raise ClusterNotFoundError(f"{gateway} has no cluster {name!r}; {GONE}")


def _host_and_port(address: str) -> str:
    """Give where schedulers are if nothing else is said: at the address, as dask-gateway has it."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"gateway://{host}:{parts.port or {'http': 80, 'https': 443}[parts.scheme]}"
