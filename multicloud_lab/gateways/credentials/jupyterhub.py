"""JupyterHub: the token that the hub gave to this server, or a newer one that was typed."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any, Self

from dask_gateway.auth import GatewayAuth, JupyterHubAuth

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential, register
from multicloud_lab.records import SignIn

_VARIABLE = "JUPYTERHUB_API_TOKEN"


@register("jupyterhub")
class JupyterHub(Credential):
    """The token of the Jupyter server that the lab runs in; nobody needs to type anything.

    One that has expired cannot be renewed without a restart, which ends every kernel. So a token
    from the hub's own page will do, too.
    """

    typed = "the token"

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.username = os.environ.get("JUPYTERHUB_USER", "")
        self._token = ""

    def auth(self) -> GatewayAuth | None:
        """Give the signature with the token."""
        token = self._token or os.environ.get(_VARIABLE)
        if not token:
            raise InvalidInputError(
                f"This server was not started by a JupyterHub: {_VARIABLE} is not set."
            )
        return JupyterHubAuth(api_token=token)

    def hint(self) -> str:
        """Say what mends a token."""
        return (
            "it takes the JupyterHub token of this server; if that has expired, type a new one "
            "from the hub's Token page, or restart the server from the hub; if it lacks the "
            "gateway's scope, ask the hub's administrator."
        )

    def secrets(self) -> tuple[str, ...]:
        """Give the tokens."""
        tokens = (self._token, os.environ.get(_VARIABLE))
        return tuple(token for token in tokens if token)

    def signed_in(self, sign_in: SignIn) -> Self:
        """Take a token that was typed; without one, try again with what there is."""
        token = sign_in.password.strip()
        if not (token.isascii() and token.isprintable()):
            raise InvalidInputError("A token of a JupyterHub has only ASCII letters and digits.")
        if not token:
            return self
        new = copy.copy(self)
        new._token = token
        return new

    def signed_out(self) -> Self:
        """Forget the token that was typed."""
        new = copy.copy(self)
        new._token = ""
        return new
