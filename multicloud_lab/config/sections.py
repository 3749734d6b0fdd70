"""The parts of a configuration that have parts of their own, each checked by itself."""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import inf
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    field_validator,
    model_validator,
)

from multicloud_lab.regions import Region, all_regions, parse_region

IDLE_MINUTES = 30.0
"""Minutes without a task after which a cluster of the lab is stopped, unless said otherwise."""


class Section(BaseModel):
    """A part with keys of its own and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


_Region = Annotated[Region, PlainValidator(lambda value: parse_region(str(value)))]


class AuthConfig(Section):
    """How the lab signs in to a gateway; what is beyond ``type`` is the credential's own."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    type: str = "basic"


class GatewayConfig(Section):
    """One gateway."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    region: _Region
    address: str = Field(pattern=r"^https?://")
    proxy_address: str | None = None
    public_address: str | None = None
    auth: AuthConfig = AuthConfig()
    minimum: int = Field(default=1, ge=0)
    maximum: int = Field(default=20, ge=1)
    options: dict[str, Any] = Field(default_factory=dict)
    idle_minutes: float = Field(default=IDLE_MINUTES, ge=0, lt=inf)
    longest_idle_minutes: float | None = Field(default=None, ge=0, lt=inf)

    @field_validator("address", "proxy_address", "public_address")
    @classmethod
    def _no_credentials(cls, address: str | None) -> str | None:
        if address is not None and "@" in urlsplit(address).netloc:
            raise ValueError("must not hold a user name or password; those belong in auth")
        return address

    @model_validator(mode="after")
    def _bounds(self) -> GatewayConfig:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self

    def bounds(self, minimum: int | None, maximum: int | None) -> tuple[int, int]:
        """Give the bounds of a new cluster; one that is not asked for gives way to one that is."""
        low = self.minimum if minimum is None else minimum
        high = self.maximum if maximum is None else maximum
        if minimum is None and maximum is not None:
            low = min(low, maximum)
        elif maximum is None:
            high = max(high, low)
        return low, high

    @property
    def longest_idle(self) -> float:
        """The most minutes that a person may set for a cluster to be idle; 0: any number.

        What a new cluster gets anyhow may always be set.
        """
        longest = self.longest_idle_minutes
        if longest is None:
            return self.idle_minutes
        return max(longest, self.idle_minutes) if longest and self.idle_minutes else 0.0

    def idle_limit(self, asked: float | None) -> float:
        """Give the minutes after which a cluster is stopped for being idle; 0: never.

        Parameters
        ----------
        asked : float or None
            What the person who started it has set, 0 for never; None: nothing.
        """
        if asked is None:
            return self.idle_minutes
        longest = self.longest_idle
        return min(asked or longest, longest) if longest else asked


class PriceConfig(Section):
    """A price agreed with a provider, in place of the list's; the first that fits counts."""

    source: str = Field(alias="from", min_length=1)
    destination: str = Field(alias="to", min_length=1)
    usd_per_gb: float | tuple[float, float]
    basis: str = "agreed"
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")

    @field_validator("source", "destination")
    @classmethod
    def _pattern(cls, pattern: str) -> str:
        pattern = pattern.strip().lower()
        if pattern == "internet" or any(
            fnmatchcase(str(known.region), pattern) for known in all_regions()
        ):
            return pattern
        return str(parse_region(pattern))  # also local ones; a suggestion if it is none

    @field_validator("usd_per_gb")
    @classmethod
    def _range(cls, price: float | tuple[float, float]) -> float | tuple[float, float]:
        low, high = price if isinstance(price, tuple) else (price, price)
        if not 0 <= low <= high < inf:
            raise ValueError("must be a price from 0 on, or [low, high]")
        return price


class CatalogConfig(Section):
    """One catalog."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    url: str = Field(min_length=1)
    region: _Region | None = None
