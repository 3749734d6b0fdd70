"""What callers send, read into records; what cannot be used is said in one sentence."""

from __future__ import annotations

from typing import TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from tornado.httputil import HTTPServerRequest

from multicloud_lab.errors import InvalidInputError, TooLargeError, UnsupportedTypeError
from multicloud_lab.records import explain

Model = TypeVar("Model", bound=BaseModel)

# Jupyter's own, in the query of any request.
_NOT_OURS = {"token", "_xsrf", "no_track_activity"}

LONGEST_BODY = 1_000_000
"""Bytes of the longest body that is read; a long list of datasets takes a hundredth of that."""
# Browsers and libraries name the last two when they were given text or bytes and told nothing.
_MAY_BE_JSON = {"", "application/json", "text/plain", "application/octet-stream"}


class NoQuery(BaseModel, extra="forbid"):
    """The query of an endpoint that takes none."""


def read_query(kind: type[Model], request: HTTPServerRequest) -> Model:
    """Read the query string; a field that is a tuple may be given several times.

    Raises
    ------
    InvalidInputError
        A value is wrong, or a key is not known.
    """
    values: dict[str, object] = {}
    for key, given in request.query_arguments.items():
        # JupyterLab adds the time as a key without a value, so that no cache answers.
        if key in _NOT_OURS or (key.isdigit() and given == [b""]):
            continue
        try:
            texts = [value.decode() for value in given]
        except UnicodeDecodeError:
            raise InvalidInputError(f"{key}: The value is not UTF-8") from None
        field = kind.model_fields.get(key)
        many = field is not None and get_origin(field.annotation) is tuple
        values[key] = texts if many or len(texts) > 1 else texts[0]
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise InvalidInputError(explain(error, kind)) from None


def read_body(kind: type[Model], request: HTTPServerRequest) -> Model:
    """Read the JSON body.

    Raises
    ------
    UnsupportedTypeError
        It says that it is something else.
    TooLargeError
        It is longer than :data:`LONGEST_BODY`.
    InvalidInputError
        It is not JSON, a value is wrong, or a field is not known.
    """
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given not in _MAY_BE_JSON:
        raise UnsupportedTypeError("body: Send JSON, as Content-Type application/json.")
    if len(request.body) > LONGEST_BODY:
        raise TooLargeError(f"body: It is longer than {LONGEST_BODY:,} bytes.")
    try:
        return kind.model_validate_json(request.body)
    except ValidationError as error:
        # Without its cause: a body may hold a password.
        raise InvalidInputError(explain(error, kind)) from None
