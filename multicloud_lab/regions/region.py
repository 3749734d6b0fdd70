"""A region: a provider and the name that the provider gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from pydantic_core import core_schema

from multicloud_lab.errors import UnknownRegionError

_FORM = re.compile(r"(?P<provider>[a-z][a-z0-9]*):(?P<name>[a-z0-9][a-z0-9._-]*)")


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A place where bytes lie or computations run, as ``aws:us-west-2``.

    Parameters
    ----------
    provider : str
        ``aws``, ``gcp``, ``azure``, or ``local`` for anything that is in no cloud.
    name : str
        The provider's own name of the region, multi-region (``us``) or dual-region (``nam4``).

    Notes
    -----
    This class knows the form only. Whether a provider has such a region is for
    :func:`multicloud_lab.regions.parse_region` to say.
    """

    provider: str
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the normal form ``provider:name``.

        Raises
        ------
        UnknownRegionError
            The text does not have that form.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise UnknownRegionError(
                f"{text!r} is not a region; write provider:name, as in 'aws:us-west-2'."
            )
        return cls(match["provider"], match["name"])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """On the wire a region is its text."""
        from_text = core_schema.no_info_after_validator_function(
            cls.from_text, core_schema.str_schema()
        )
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.no_info_plain_validator_function(
                lambda value: value if isinstance(value, cls) else cls.from_text(str(value))
            ),
            serialization=core_schema.to_string_ser_schema(),
        )


class Evidence(StrEnum):
    """How it is known where a dataset lies, the strongest first."""

    EXPLICIT = "explicit"
    CATALOG = "catalog"
    CONFIGURED = "configured"
    REGISTRY = "registry"
    PROBED = "probed"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """How the region of the data and the region of a gateway stand to each other, nearest first."""

    SAME_REGION = "same-region"
    CONTAINED = "contained"
    SAME_PROVIDER = "same-provider"
    OTHER_PROVIDER = "other-provider"
    UNKNOWN = "unknown"
