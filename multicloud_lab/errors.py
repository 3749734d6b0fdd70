"""One tree of errors, each with a stable code that every door (Python, HTTP, CLI) shows."""

from __future__ import annotations

from typing import ClassVar


class MulticloudLabError(Exception):
    """Base of everything that this package raises on purpose.

    The message is one sentence for a person: it names the thing that failed and the way out.

    Attributes
    ----------
    code : str
        Stable, machine-readable name of the error; the same over HTTP.
    status : int
        The HTTP status that a server answers with.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500


class InvalidInputError(MulticloudLabError, ValueError):
    """A value from the caller cannot be used."""

    code = "invalid-input"
    status = 400


class TooLargeError(InvalidInputError):
    """A request has a body that is longer than any that makes sense."""

    code = "too-large"
    status = 413


class UnsupportedTypeError(InvalidInputError):
    """A request has a body that is, or claims to be, no JSON."""

    code = "unsupported-type"
    status = 415


class UnknownRegionError(InvalidInputError):
    """A name that is no region of any provider known here."""

    code = "unknown-region"


class NotFoundError(MulticloudLabError, LookupError):
    """Something that was asked for by name does not exist."""

    code = "not-found"
    status = 404


class DatasetNotFoundError(NotFoundError):
    """No catalog lists a dataset of that id."""

    code = "dataset-not-found"


class GatewayNotFoundError(NotFoundError):
    """No gateway of that name is configured."""

    code = "gateway-not-found"


class ClusterNotFoundError(NotFoundError):
    """The gateway has no cluster of that name."""

    code = "cluster-not-found"


class RegionUnknownError(MulticloudLabError):
    """Nobody has said in which region a dataset lies, so nothing can be near it."""

    code = "region-unknown"
    status = 409


class MixedRegionsError(MulticloudLabError):
    """One object reads from several regions and so has no single region to be computed in."""

    code = "mixed-regions"
    status = 409


class OverBudgetError(MulticloudLabError):
    """A computation would move more between regions than it may; nothing has moved.

    Parameters
    ----------
    message : str
    plan : Plan, optional
        What it would move, and at what price.
    """

    code = "over-budget"
    status = 409

    def __init__(self, message: str, plan: object = None) -> None:
        super().__init__(message)
        self.plan = plan


class NoPlacementError(MulticloudLabError):
    """No configured gateway can be used for a dataset."""

    code = "no-placement"
    status = 409


class UntrustedSourceError(MulticloudLabError):
    """Opening a dataset would run code that a catalog names and nobody has vouched for."""

    code = "untrusted-source"
    status = 409


class AccessDeniedError(MulticloudLabError):
    """A store refuses what was asked of it, for want of credentials or of somebody who pays."""

    code = "access-denied"
    status = 403


class OpenedThereError(MulticloudLabError):
    """A dataset that was opened through a cluster was to be read outside of one."""

    code = "opened-there"
    status = 409


class UnreadableDatasetError(MulticloudLabError):
    """A dataset is there, or should be, but what it holds cannot be told."""

    code = "dataset-unreadable"
    status = 409


class SignInNeededError(MulticloudLabError):
    """The gateway wants a sign-in before it answers."""

    code = "sign-in-needed"
    status = 409


class WrongCredentialsError(MulticloudLabError):
    """The gateway refused the user name or password."""

    code = "wrong-credentials"
    status = 403


class KernelsOnlyError(MulticloudLabError):
    """Only a kernel of this server may ask for this."""

    code = "kernels-only"
    status = 403


class AddressRefusedError(MulticloudLabError):
    """An address that somebody else wrote leads where nothing of theirs may send this process."""

    code = "address-refused"
    status = 403


class CatalogError(MulticloudLabError):
    """A catalog cannot be read."""

    code = "catalog-broken"
    status = 409


class ClusterFailedError(MulticloudLabError):
    """A cluster did not start, or is gone."""

    code = "cluster-failed"
    status = 409


class GatewayUnreachableError(MulticloudLabError):
    """A gateway does not answer, or not as a gateway does."""

    code = "gateway-unreachable"
    status = 503


class GatewayRefusedError(MulticloudLabError):
    """A gateway answered that it will not do this."""

    code = "gateway-refused"
    status = 409


class DeadlineError(MulticloudLabError, TimeoutError):
    """Something took longer than its deadline."""

    code = "deadline"
    status = 504


class ServerNotFoundError(MulticloudLabError):
    """No Jupyter server with this extension can be found from here."""

    code = "server-not-found"
    status = 503


class PortBusyError(MulticloudLabError):
    """A port that was asked for is in use."""

    code = "port-busy"
    status = 409


def from_code(code: str, message: str) -> MulticloudLabError:
    """Give back the error that a ``{"code", "message"}`` answer stands for.

    Parameters
    ----------
    code : str
        The code in the answer; one that is not known gives the base class.
    message : str
        The sentence in the answer.
    """
    pending: list[type[MulticloudLabError]] = [MulticloudLabError]
    while pending:
        kind = pending.pop()
        if kind.code == code:
            return kind(message)
        pending.extend(kind.__subclasses__())
    return MulticloudLabError(message)
