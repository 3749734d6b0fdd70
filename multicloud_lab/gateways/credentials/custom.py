"""Somebody else's: any class of dask-gateway's ``GatewayAuth``, named by the configuration."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from dask_gateway.auth import GatewayAuth

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential


class Custom(Credential):
    """A ``GatewayAuth`` class with the options of the configuration as its arguments.

    Parameters
    ----------
    kind : type of GatewayAuth
    options : mapping
        Its keyword arguments.
    """

    def __init__(self, kind: type[GatewayAuth], options: Mapping[str, Any]) -> None:
        super().__init__({})
        self._kind, self._options = kind, dict(options)

    def auth(self) -> GatewayAuth | None:
        """Make one."""
        return self._kind(**self._options)

    def hint(self) -> str:
        """Say whose business it is."""
        return f"it signs in with {self._kind.__module__}:{self._kind.__qualname__}."

    def secrets(self) -> tuple[str, ...]:
        """Give every text among the options: any of them may be one."""
        return tuple(value for value in self._options.values() if isinstance(value, str) and value)


def load(name: str, options: Mapping[str, Any]) -> Credential:
    """Make the credential that ``module:Class`` names.

    Parameters
    ----------
    name : str
        A subclass of :class:`Credential`, or of ``dask_gateway.auth.GatewayAuth``.
    options : mapping

    Raises
    ------
    InvalidInputError
        There is no such class.
    """
    module, _, attribute = name.partition(":")
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidInputError(f"auth.type {name!r} cannot be imported: {error}.") from error
    if isinstance(kind, type) and issubclass(kind, Credential):
        return kind(options)
    if isinstance(kind, type) and issubclass(kind, GatewayAuth):
        return Custom(kind, options)
    raise InvalidInputError(
        f"auth.type {name!r} is neither a Credential of this package nor a GatewayAuth of "
        "dask-gateway."
    )
