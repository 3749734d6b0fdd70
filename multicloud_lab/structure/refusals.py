"""Why something cannot be read, in one sentence that holds no secret and names the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from multicloud_lab.errors import (
    AccessDeniedError,
    AddressRefusedError,
    DeadlineError,
    MulticloudLabError,
    NotFoundError,
    UnreadableDatasetError,
)
from multicloud_lab.hosts import shown
from multicloud_lab.packages import missing


class Refusal(Enum):
    """How a store says no."""

    MISSING = "missing"
    DENIED = "denied"
    PAYER = "payer"
    CREDENTIALS = "credentials"
    LATE = "late"


def refusal(error: BaseException) -> Refusal | None:
    """Say how a store refused, from an error of any file system; None if it is something else."""
    for cause in _chain(error):
        found = _refusal(cause)
        if found is not None:
            return found
    return None


def explain(error: BaseException, url: str) -> MulticloudLabError:
    """Turn an error of any file system or library into one of ours.

    Parameters
    ----------
    error : BaseException
        What was raised.
    url : str
        What was read; its query and credentials are left out of the sentence.
    """
    for cause in _chain(error):
        if isinstance(cause, AddressRefusedError) or (
            cause is error and isinstance(cause, MulticloudLabError)
        ):
            return cause
    name = shown(url)
    how = refusal(error)
    if how is Refusal.MISSING:
        return NotFoundError(f"There is nothing at {name}.")
    if how is Refusal.LATE:
        return DeadlineError(f"{name} did not answer in time; try again later.")
    if how is not None:
        return AccessDeniedError(_denied(how, name))
    if isinstance(error, ImportError):
        return UnreadableDatasetError(missing(name, error))
    return UnreadableDatasetError(f"{name} cannot be read: {_words(error)}.")


def _denied(how: Refusal, name: str) -> str:
    if how is Refusal.PAYER:
        return (
            f"{name} is in a requester-pays bucket, which answers only to a reader who pays: set "
            "requester_pays to your billing project, and credentials, in MulticloudLab."
            "storage_options."
        )
    if how is Refusal.CREDENTIALS:
        return (
            f"{name} wants credentials, and there are none here that it takes: set them in "
            "MulticloudLab.storage_options, or say that the bucket is public (anon: true for s3, "
            "token: anon for gs)."
        )
    return (
        f"{name} refuses access: set credentials that may read it in MulticloudLab."
        "storage_options, and requester_pays if its reader pays."
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error and what caused it, outermost first."""
    seen: set[int] = set()
    pending: BaseException | None = error
    while pending is not None and id(pending) not in seen:
        seen.add(id(pending))
        yield pending
        pending = pending.__cause__ or pending.__context__


def _refusal(error: BaseException) -> Refusal | None:
    text = str(error).lower()
    if "requester pays" in text or "userprojectmissing" in text:
        return Refusal.PAYER
    module = type(error).__module__
    if module.startswith("google.auth") or type(error).__name__ in (
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
    ):
        return Refusal.CREDENTIALS
    # fsspec calls every failure over HTTP a missing file; what it was is the cause.
    if isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        return None
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return Refusal.MISSING
    if isinstance(error, PermissionError) or text.startswith("forbidden"):
        return Refusal.DENIED
    if isinstance(error, TimeoutError):
        return Refusal.LATE
    return {
        401: Refusal.CREDENTIALS,
        403: Refusal.DENIED,
        404: Refusal.MISSING,
        410: Refusal.MISSING,
    }.get(http_status(error))


def http_status(error: BaseException) -> int:
    """Give the HTTP status that an error carries, whatever its library; 0 if none."""
    response = getattr(error, "response", None)
    found: Any = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(response, dict):
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return int(found) if isinstance(found, int | str) and str(found).isdecimal() else 0


def _words(error: BaseException) -> str:
    """Give what a library says, on one line, without queries and credentials of URLs."""
    status = http_status(error)
    if status:
        return f"it answered with HTTP status {status}"
    text = (str(error).strip() or type(error).__name__).partition("\n")[0]
    text = re.sub(r"(?<=://)[^\s/'\"]*@", "", text)
    text = re.sub(r"\?[^\s'\"]*", "", text)
    return text[:200].rstrip(". ")
