"""What a kind of credential is: the way the lab shows a gateway who is asking."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from dask_gateway.auth import GatewayAuth

from multicloud_lab.errors import InvalidInputError, MulticloudLabError
from multicloud_lab.records import SignIn

T = TypeVar("T")
_Kind = TypeVar("_Kind", bound="type[Credential]")

KINDS: dict[str, type[Credential]] = {}
"""The kinds that a configuration may name, by that name."""


def register(kind: str) -> Callable[[_Kind], _Kind]:
    """Make a class known as ``auth.type`` ``kind``."""

    def decorate(cls: _Kind) -> _Kind:
        cls.kind = kind
        KINDS[kind] = cls
        return cls

    return decorate


class SigningError(Exception):
    """A class that is not ours failed to sign a request; the gateway has not been asked."""


def tried(name: str, step: Callable[[], T]) -> T:
    """Do a step of a class that may be somebody else's; its failure is that of one gateway.

    Raises
    ------
    InvalidInputError
        It raised something that is not the lab's. Only the type is said: the words may hold what
        it signs with.
    """
    try:
        return step()
    except MulticloudLabError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is
        failure = InvalidInputError(failed(name, error))
    raise failure  # outside of the handler, so that it does not carry the other's words along


def failed(name: str, error: Exception) -> str:
    """Say that a class that signs in has failed, and nothing of what its error says."""
    return (
        f"{name}, which signs in, failed with {type(error).__name__}; see what it needs, or ask "
        "who configured the gateway."
    )


class Credential(ABC):
    """A way to sign in to one gateway. It never changes: signing in gives another one.

    Parameters
    ----------
    options : mapping
        What the configuration says in ``auth`` beside ``type``.

    Raises
    ------
    InvalidInputError
        There are options that this kind does not have.

    Attributes
    ----------
    kind : str
        The ``auth.type`` it was configured as.
    username : str
        Who signs in, as far as that is known here; may be empty.
    """

    kind: ClassVar[str] = "custom"
    known: ClassVar[frozenset[str]] = frozenset()
    """The options of this kind."""
    typed: ClassVar[str] = "the user name or password"
    """What a person types, as a gateway refuses it."""

    username: str = ""

    def __init__(self, options: Mapping[str, Any]) -> None:
        unknown = sorted(set(options) - self.known)
        if unknown:
            has = f"it has {', '.join(sorted(self.known))}" if self.known else "it has none"
            raise InvalidInputError(
                f"auth of type {self.kind!r} has no option {unknown[0]!r}; {has}."
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(username={self.username!r})"

    @abstractmethod
    def auth(self) -> GatewayAuth | None:
        """Give what dask-gateway signs its requests with, or None if a person must be asked.

        May read a file, so it is called in a thread.

        Raises
        ------
        InvalidInputError
            Something that the configuration names is not there.
        """

    @abstractmethod
    def hint(self) -> str:
        """Say, as a sentence, what a person can do when the gateway wants a sign-in."""

    def secrets(self) -> tuple[str, ...]:
        """Give every text that must never be shown, in every form that it is sent in."""
        return ()

    def signed_in(self, sign_in: SignIn) -> Self:
        """Give the credential with what a person typed.

        Kinds that need nobody to type take no password, and just try again.

        Raises
        ------
        InvalidInputError
            This cannot be what the gateway wants.
        """
        if sign_in.password:
            raise InvalidInputError(f"There is no password to type: {self.hint()}")
        return self

    def signed_out(self) -> Self:
        """Give the credential without anything that a person typed."""
        return self
