"""What every record has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Record(BaseModel):
    """A value that does not change and has no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _several(value: Any) -> Any:
    if isinstance(value, str):
        return (value,) if value else ()
    return value


Several = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Any of some words; one alone may be given as it is."""
