"""Somebody else's: any class of dask-gateway's ``GatewayAuth``, named by the configuration.

Whatever such a class raises is the matter of its one gateway, and its words are not repeated: they
may hold what it signs with.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dask_gateway.auth import GatewayAuth

from multicloud_lab.errors import InvalidInputError, MulticloudLabError
from multicloud_lab.gateways.credentials.credential import Credential, SigningError, failed, tried

T = TypeVar("T")


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
        made = tried(self._name, lambda: self._kind(**self._options))
        return _Foreign(self._name, made)

    def hint(self) -> str:
        """Say whose business it is."""
        return (
            f"it signs in with {self._name}; see what that needs, or ask who configured the "
            "gateway."
        )

    @property
    def _name(self) -> str:
        return f"{self._kind.__module__}:{self._kind.__qualname__}"

    def secrets(self) -> tuple[str, ...]:
        """Give every text among the options: any of them may be one."""
        return tuple(value for value in self._options.values() if isinstance(value, str) and value)


class _Foreign(GatewayAuth):  # type: ignore[misc] # the package has no types
    """Signs as a class of somebody else's does, and says if that fails."""

    def __init__(self, name: str, auth: GatewayAuth) -> None:
        self._name, self._auth = name, auth

    async def prepare(self, host: str) -> None:
        """Let it ask somebody first, if it is one of those that do."""
        prepare = getattr(self._auth, "prepare", None)
        if prepare is None:
            return
        failure: SigningError | None = None
        try:
            await prepare(host)
        except MulticloudLabError:
            raise
        except Exception as error:  # noqa: BLE001 - it is somebody else's
            failure = SigningError(failed(self._name, error))
        if failure is not None:
            raise failure

    def pre_request(self, resp: Any) -> Any:
        """Sign."""
        return self._signing(lambda: self._auth.pre_request(resp))

    def post_response(self, resp: Any, context: Any) -> None:
        """Look at the answer."""
        self._signing(lambda: self._auth.post_response(resp, context))

    def _signing(self, step: Callable[[], T]) -> T:
        try:
            return tried(self._name, step)
        except InvalidInputError as error:
            failure = SigningError(str(error))
        raise failure


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
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise InvalidInputError(f"auth.type {name!r} cannot be imported: {reason}.") from error
    if isinstance(kind, type) and issubclass(kind, Credential):
        return tried(name, lambda: kind(options))
    if isinstance(kind, type) and issubclass(kind, GatewayAuth):
        return Custom(kind, options)
    raise InvalidInputError(
        f"auth.type {name!r} is neither a Credential of this package nor a GatewayAuth of "
        "dask-gateway."
    )
