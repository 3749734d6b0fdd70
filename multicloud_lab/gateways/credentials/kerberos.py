"""Kerberos: the ticket of the user whose process this is."""

from __future__ import annotations

from importlib.util import find_spec

from dask_gateway.auth import GatewayAuth, KerberosAuth

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential, register


@register("kerberos")
class Kerberos(Credential):
    """The ticket that ``kinit`` got; nobody types anything here."""

    def auth(self) -> GatewayAuth | None:
        """Give the signature, if the library for it is there."""
        if find_spec("kerberos") is None:
            raise InvalidInputError(
                "Kerberos needs the package pykerberos; install it beside this one."
            )
        return KerberosAuth()

    def hint(self) -> str:
        """Say what mends a ticket."""
        return "it takes this user's Kerberos ticket; run kinit if that has expired."
