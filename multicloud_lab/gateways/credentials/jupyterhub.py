"""JupyterHub: the token that the hub gave to this server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from dask_gateway.auth import GatewayAuth, JupyterHubAuth

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential, register

_VARIABLE = "JUPYTERHUB_API_TOKEN"


@register("jupyterhub")
class JupyterHub(Credential):
    """The token of the Jupyter server that the lab runs in; nobody types anything."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.username = os.environ.get("JUPYTERHUB_USER", "")

    def auth(self) -> GatewayAuth | None:
        """Give the signature with the token."""
        token = os.environ.get(_VARIABLE)
        if not token:
            raise InvalidInputError(
                f"This server was not started by a JupyterHub: {_VARIABLE} is not set."
            )
        return JupyterHubAuth(api_token=token)

    def hint(self) -> str:
        """Say what mends a token."""
        return (
            "it takes the JupyterHub token of this server; if that has expired or lacks the "
            "gateway's scope, restart the server from the hub, or ask the hub's administrator."
        )

    def secrets(self) -> tuple[str, ...]:
        """Give the token."""
        token = os.environ.get(_VARIABLE)
        return (token,) if token else ()
