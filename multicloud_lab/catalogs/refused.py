"""Whether an error says that a store refuses to be read, through all that wraps it."""

from __future__ import annotations

from multicloud_lab.errors import AccessDeniedError

_UNAUTHORISED = (401, 403)
_WITHOUT_CREDENTIALS = frozenset({"NoCredentialsError", "DefaultCredentialsError"})


def causes_of(error: BaseException) -> list[BaseException]:
    """Give an error and what it came of, the last cause last."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return causes


def status_of(error: BaseException) -> object:
    """Give the HTTP status that an error of a store carries, by whatever name."""
    return getattr(error, "status", None) or getattr(error, "code", None)


def is_refused(error: BaseException) -> bool:
    """Say whether access was denied, or asked for credentials that there are none of."""
    return any(
        isinstance(cause, PermissionError | AccessDeniedError)
        or status_of(cause) in _UNAUTHORISED
        or type(cause).__name__ in _WITHOUT_CREDENTIALS
        for cause in causes_of(error)
    )
