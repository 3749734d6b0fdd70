"""HTTP Basic: a user name, and a password that is typed, or read where the configuration says."""

from __future__ import annotations

import codecs
import copy
import getpass
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from dask_gateway.auth import BasicAuth, GatewayAuth

from multicloud_lab.errors import InvalidInputError
from multicloud_lab.gateways.credentials.credential import Credential, register
from multicloud_lab.records import SignIn


class _Signature(BasicAuth):  # type: ignore[misc] # the package has no types
    """Signs requests in an encoding of choice; dask-gateway's own is always Latin-1."""

    def __init__(self, username: str, password: str, encoding: str) -> None:
        super().__init__(username=username, password=password)
        self._encoding = encoding

    def pre_request(self, resp: object) -> tuple[dict[str, str], None]:
        pair = _signed(self.username, self.password, self._encoding)
        return {"Authorization": f"Basic {pair}"}, None


@register("basic")
class Basic(Credential):
    """User name and password.

    Parameters
    ----------
    options : mapping
        ``username`` (by default the one of this process), and at most one of ``password_env``,
        the name of an environment variable, and ``password_file``, the path of a file. Without
        either, a person is asked. ``encoding`` is that of both on the wire: ASCII by default,
        since dask-gateway's own authenticator answers anything else with HTTP 500 (2026.3.0).
    """

    known = frozenset({"username", "password_env", "password_file", "encoding"})

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        for name, value in options.items():
            if not isinstance(value, str) or not value:
                raise InvalidInputError(f"auth.{name} must be a text that is not empty.")
        if {"password_env", "password_file"} <= set(options):
            raise InvalidInputError("auth takes password_env or password_file, not both.")
        self._encoding = _encoding(options.get("encoding", "ascii"))
        self._env: str | None = options.get("password_env")
        self._file: str | None = options.get("password_file")
        self._password: str | None = None
        self.username = options.get("username") or _own_name()
        self._check(self.username, "")

    def auth(self) -> GatewayAuth | None:
        """Give the signature, if there is a password."""
        password = self._find_password()
        if password is None:
            return None
        self._check(self.username, password)
        self._password = password
        return _Signature(self.username, password, self._encoding)

    def hint(self) -> str:
        """Say where the password is to come from."""
        if self._env:
            return f"check the password in the environment variable {self._env}."
        if self._file:
            return f"check the password in the file {self._file!r}."
        return "sign in with its user name and password."

    def secrets(self) -> tuple[str, ...]:
        """Give the password as it is, and as it goes over the wire."""
        if not self._password:
            return ()
        return (self._password, _signed(self.username, self._password, self._encoding))

    def signed_in(self, sign_in: SignIn) -> Self:
        """Take what was typed; an empty user name is the configured one."""
        username = sign_in.username or self.username
        self._check(username, sign_in.password)
        new = copy.copy(self)
        new.username, new._password = username, sign_in.password
        new._env = new._file = None
        return new

    def signed_out(self) -> Self:
        """Forget the password, and where it could be read: somebody wants to be out."""
        new = copy.copy(self)
        new._password = new._env = new._file = None
        return new

    def _check(self, username: str, password: str) -> None:
        """Refuse what cannot be sent, before an error of others says it with the password in it."""
        if ":" in username:
            raise InvalidInputError("A user name cannot have a colon in it.")
        try:
            (username + password).encode(self._encoding)
        except UnicodeEncodeError:
            refused = True
        else:
            refused = False
        if refused:  # outside of the handler: that error holds the password
            raise InvalidInputError(
                "The user name or password has a letter that the gateway cannot read: it takes "
                f"{self._encoding}. Use plain letters, digits and signs; or set auth.encoding to "
                "utf-8 in the configuration, if the gateway's own authenticator takes that."
            )

    def _find_password(self) -> str | None:
        if self._env:
            password = os.environ.get(self._env)
            if password is None:
                raise InvalidInputError(
                    f"The environment variable {self._env}, which should hold the password, "
                    "is not set."
                )
            return password
        if self._file:
            try:
                return Path(self._file).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
            except OSError as error:
                raise InvalidInputError(
                    f"The file {self._file!r}, which should hold the password, cannot be read: "
                    f"{error.strerror}."
                ) from None
            except UnicodeDecodeError:
                # That error holds the whole content.
                failure = InvalidInputError(
                    f"The file {self._file!r}, which should hold the password, is not UTF-8 text."
                )
            raise failure
        return self._password


def _own_name() -> str:
    """Give the name of this process' user; a container may have none."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return ""


def _signed(username: str, password: str, encoding: str) -> str:
    return b64encode(f"{username}:{password}".encode(encoding)).decode()


def _encoding(name: str) -> str:
    """Give the name of an encoding, or refuse one that there is not."""
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError):
        raise InvalidInputError(
            f"auth.encoding {name!r} is no encoding of text; say utf-8 or latin-1."
        ) from None
    return name
