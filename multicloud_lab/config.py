"""The configuration: one traitlets class, read whole, every mistake named by its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    field_validator,
    model_validator,
)
from traitlets import Bool, Dict, Float, List, Unicode
from traitlets.config import Configurable
from traitlets.config.loader import PyFileConfigLoader

from multicloud_lab.errors import InvalidInputError, MulticloudLabError
from multicloud_lab.records import Problem
from multicloud_lab.regions import Region, parse_region


class MulticloudLab(Configurable):
    """Gateways, catalogs and regions of this lab, as traitlets know them."""

    gateways = List(Dict(), help="Dask Gateways, each with name, region, address and auth.").tag(
        config=True
    )
    catalogs = List(Dict(), help="Catalogs, each with name and url.").tag(config=True)
    regions = Dict(help="URL prefixes and the regions their bytes are in.").tag(config=True)
    registries = List(Unicode(), help="Registries of public buckets and their regions.").tag(
        config=True
    )
    storage_options = Dict(help="URL prefixes and the fsspec options to open them with.").tag(
        config=True
    )
    home = Unicode(None, allow_none=True, help="The region where this server runs, if any.").tag(
        config=True
    )
    prices = List(Dict(), help="Prices agreed with a provider, in place of the list's.").tag(
        config=True
    )
    egress_waivers = List(Unicode(), help="Providers that waive egress for this lab, as aws.").tag(
        config=True
    )
    egress_budget_usd = Float(1.0, help="What a computation may cost in egress, USD.").tag(
        config=True
    )
    probe = Bool(True, help="Whether providers may be asked where a bucket is.").tag(config=True)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


_Region = Annotated[Region, PlainValidator(lambda value: parse_region(str(value)))]


class AuthConfig(_Section):
    """How the lab signs in to a gateway; what is beyond ``type`` is the credential's own."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    type: str = "basic"


class GatewayConfig(_Section):
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


class CatalogConfig(_Section):
    """One catalog."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    url: str = Field(min_length=1)
    region: _Region | None = None


@dataclass(frozen=True, slots=True)
class LabConfig:
    """A configuration that was read: what can be used, and what is wrong with the rest."""

    gateways: tuple[GatewayConfig, ...] = ()
    catalogs: tuple[CatalogConfig, ...] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    registries: tuple[str, ...] = ()
    storage_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    home: Region | None = None
    egress_budget_usd: float = 1.0
    probe: bool = True
    problems: tuple[Problem, ...] = ()

    def options_for(self, url: str) -> dict[str, Any]:
        """Give the administrator's fsspec options for a URL: those of its longest prefix."""
        prefixes = [p for p in self.storage_options if under(url, p)]
        return dict(self.storage_options[max(prefixes, key=len)]) if prefixes else {}


def under(url: str, prefix: str) -> bool:
    """Say whether a URL is a prefix or below it, by whole path segments."""
    prefix = prefix.rstrip("/")
    return url == prefix or url.startswith(prefix + "/")


def read_config(values: Mapping[str, Any]) -> LabConfig:
    """Read the values of the ``MulticloudLab`` section.

    Parameters
    ----------
    values : mapping
        As docs/configuration.md lists them, without the outer ``MulticloudLab`` key.

    Returns
    -------
    LabConfig
        Whatever can be used; ``problems`` names every key that cannot, with the reason.
    """
    problems: list[Problem] = []

    def attempt(key: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False):
                where = "".join(f".{part}" for part in item["loc"])
                message = item["msg"].removeprefix("Value error, ")
                problems.append(Problem(key=key + where, message=message))
        except MulticloudLabError as error:
            problems.append(Problem(key=key, message=str(error)))
        return None

    def named(kind: type[_Section], key: str) -> list[Any]:
        items = values.get(key) or []
        if not isinstance(items, list | tuple):
            problems.append(Problem(key=key, message="must be a list"))
            return []
        found: dict[str, Any] = {}
        for i, item in enumerate(items):
            read = attempt(f"{key}[{i}]", partial(kind.model_validate, item))
            if read is not None and read.name in found:
                problems.append(
                    Problem(key=f"{key}[{i}].name", message=f"{read.name!r} is there already")
                )
            elif read is not None:
                found[read.name] = read
        return list(found.values())

    def mapping(key: str) -> Mapping[str, Any]:
        value = values.get(key) or {}
        if isinstance(value, Mapping):
            return value
        problems.append(Problem(key=key, message="must be a mapping"))
        return {}

    known = set(MulticloudLab.class_trait_names(config=True))
    problems.extend(
        Problem(key=key, message=f"is not a setting; there are {', '.join(sorted(known))}")
        for key in values
        if key not in known
    )
    regions = {
        prefix: attempt(f"regions[{prefix}]", partial(parse_region, str(name)))
        for prefix, name in mapping("regions").items()
    }
    options: dict[str, Mapping[str, Any]] = {}
    for prefix, value in mapping("storage_options").items():
        if isinstance(value, Mapping):
            options[prefix] = dict(value)
        else:
            problems.append(
                Problem(key=f"storage_options[{prefix}]", message="must be a mapping of options")
            )
    home = values.get("home")
    budget = values.get("egress_budget_usd", 1.0)
    if isinstance(budget, bool) or not isinstance(budget, int | float) or budget < 0:
        problems.append(Problem(key="egress_budget_usd", message="must be a number from 0 on"))
        budget = 1.0
    return LabConfig(
        gateways=tuple(named(GatewayConfig, "gateways")),
        catalogs=tuple(named(CatalogConfig, "catalogs")),
        regions={prefix: region for prefix, region in regions.items() if region is not None},
        registries=tuple(str(url) for url in values.get("registries") or ()),
        storage_options=options,
        home=attempt("home", lambda: parse_region(str(home))) if home is not None else None,
        egress_budget_usd=float(budget),
        probe=bool(values.get("probe", True)),
        problems=tuple(problems),
    )


def load_config(path: str | Path) -> LabConfig:
    """Read the ``MulticloudLab`` section of a Jupyter configuration file, JSON or Python.

    Raises
    ------
    InvalidInputError
        The file is missing, or is neither.
    """
    path = Path(path).expanduser().absolute()
    if not path.is_file():
        raise InvalidInputError(f"There is no configuration file {str(path)!r}.")
    try:
        if path.suffix == ".py":
            config = PyFileConfigLoader(path.name, str(path.parent)).load_config()
        else:
            config = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise InvalidInputError(
            f"{str(path)!r} is not JSON (line {error.lineno}: {error.msg}); "
            "a Python configuration ends in .py."
        ) from error
    except Exception as error:
        raise InvalidInputError(f"{str(path)!r} cannot be read: {error}") from error
    section = config.get("MulticloudLab", {}) if isinstance(config, Mapping) else None
    if not isinstance(section, Mapping):
        raise InvalidInputError(f"{str(path)!r} is not an object with a MulticloudLab section.")
    return read_config(section)
