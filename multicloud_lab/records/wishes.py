"""Records of what a caller gave; what cannot be used is said in one sentence, without its value."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from multicloud_lab.errors import InvalidInputError

Model = TypeVar("Model", bound=BaseModel)


def made(kind: type[Model], **values: Any) -> Model:
    """Make a record of the arguments of a function.

    Raises
    ------
    InvalidInputError
        A value is wrong.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        # Without its cause: the values may hold a password.
        raise InvalidInputError(f"{explain(error, kind)}.") from None


def explain(error: ValidationError, kind: type[BaseModel]) -> str:
    """Say what is wrong with each field, without its value and without a full stop."""
    said = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        where = ".".join(str(part) for part in item["loc"]) or "body"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            known = ", ".join(kind.model_fields) or "none"
            message = f"There is no such field here; there are: {known}"
        said.append(f"{where}: {message}")
    return "; ".join(said)
