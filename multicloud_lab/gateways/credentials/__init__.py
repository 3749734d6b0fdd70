"""Ways to sign in to a gateway, one file a kind; each makes itself known."""

from __future__ import annotations

from multicloud_lab.config import AuthConfig
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials import basic, jupyterhub, kerberos
from multicloud_lab.gateways.credentials.credential import (
    KINDS,
    Credential,
    SigningError,
    register,
    tried,
)
from multicloud_lab.gateways.credentials.custom import load


def make_credential(config: AuthConfig) -> Credential:
    """Make the credential that a configuration describes.

    Parameters
    ----------
    config : AuthConfig
        ``type`` is a registered kind or ``module:Class``; the rest is the kind's own.

    Raises
    ------
    InvalidInputError
        There is no such kind, or it has no such option.
    """
    options = dict(config.model_extra or {})
    if config.type in KINDS:
        return KINDS[config.type](options)
    if ":" in config.type:
        return load(config.type, options)
    raise InvalidInputError(
        f"There is no auth.type {config.type!r}; there are {', '.join(sorted(KINDS))}, "
        "and module:Class."
    )


__all__ = [
    "Credential",
    "SigningError",
    "basic",
    "jupyterhub",
    "kerberos",
    "make_credential",
    "register",
    "tried",
]
