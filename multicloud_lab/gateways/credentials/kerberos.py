"""Kerberos: the ticket of the user whose process this is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from dask_gateway.auth import GatewayAuth, KerberosAuth

from multicloud_lab.errors import GatewayUnreachableError, InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential, register
from multicloud_lab.threads import apart

KDC_DEADLINE = 5.0
"""Seconds that a KDC may take to give a ticket; its library would wait for up to a minute."""


@register("kerberos")
class Kerberos(Credential):
    """The ticket that ``kinit`` got; nobody types anything here.

    Whose it is shows when a gateway has taken it.
    """

    def auth(self) -> GatewayAuth | None:
        """Give the signature, if the library for it is there."""
        if find_spec("kerberos") is None:
            raise InvalidInputError(
                "Kerberos needs the package pykerberos; install it beside this one."
            )
        return TicketAuth(self._is)

    def hint(self) -> str:
        """Say what mends a ticket."""
        return "it takes this user's Kerberos ticket; run kinit if that has expired."

    def _is(self, username: str) -> None:
        self.username = username


class TicketAuth(KerberosAuth):  # type: ignore[misc] # the package has no types
    """dask-gateway's, which asks nobody on the event loop, and leaves refusals to their status.

    Parameters
    ----------
    on_name : callable
        Told whose ticket a gateway has taken, without the realm.
    """

    def __init__(self, on_name: Callable[[str], None]) -> None:
        self._on_name = on_name
        self._fetching: asyncio.Task[None] | None = None

    async def prepare(self, host: str) -> None:
        """Get the ticket for a gateway into the user's cache.

        Parameters
        ----------
        host : str
            Of the gateway, as in its address.

        Raises
        ------
        kerberos.GSSError
            There is none to be had.
        GatewayUnreachableError
            The KDC does not answer.
        """
        # One thread at a time: what waits for a KDC cannot be interrupted.
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(apart(lambda: _fetch(host)))
            self._fetching.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            await asyncio.wait_for(asyncio.shield(self._fetching), KDC_DEADLINE)
        except TimeoutError:
            raise GatewayUnreachableError(
                f"The Kerberos KDC gave no ticket for {host} within {KDC_DEADLINE:g} s; "
                "it may be down."
            ) from None

    def post_response(self, resp: Any, context: Any) -> None:
        """Check that the gateway is who it should be, once it has taken the ticket."""
        import kerberos

        if resp.status < 400:
            super().post_response(resp, context)
            self._on_name(kerberos.authGSSClientUserName(context).partition("@")[0])


def _fetch(host: str) -> None:
    import kerberos

    _, context = kerberos.authGSSClientInit(f"HTTP@{host}")
    kerberos.authGSSClientStep(context, "")
