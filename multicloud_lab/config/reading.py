"""Reading a configuration whole: what can be used is used, every mistake is named by its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from traitlets.config.loader import PyFileConfigLoader

from multicloud_lab.config.lab import LabConfig
from multicloud_lab.config.sections import (
    IDLE_MINUTES,
    CatalogConfig,
    GatewayConfig,
    PriceConfig,
    Section,
)
from multicloud_lab.config.traits import MulticloudLab
from multicloud_lab.errors import InvalidInputError, MulticloudLabError
from multicloud_lab.records import Problem
from multicloud_lab.regions import Region, all_regions, parse_region

Part = TypeVar("Part", bound=Section)
T = TypeVar("T")


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
    read = _Reading(values)
    return LabConfig(
        gateways=read.gateways(),
        catalogs=tuple(_named(read, CatalogConfig, "catalogs")),
        regions=read.regions(),
        registries=read.texts("registries"),
        storage_options=read.options(),
        home=read.region("home"),
        prices=tuple(price for _, price in read.parts(PriceConfig, "prices")),
        egress_waivers=read.providers("egress_waivers"),
        egress_budget_usd=read.number("egress_budget_usd", 1.0),
        probe=bool(values.get("probe", True)),
        problems=tuple(read.problems),
    )


class _Reading:
    """The values of a section, read key by key; what is wrong gathers in ``problems``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.problems: list[Problem] = []
        known = set(MulticloudLab.class_trait_names(config=True))
        for key in values:
            if key not in known:
                self.say(key, f"is not a setting; there are {', '.join(sorted(known))}")

    def say(self, key: str, message: str) -> None:
        self.problems.append(Problem(key=key, message=message))

    def attempt(self, key: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False):
                where = "".join(f".{part}" for part in item["loc"])
                self.say(key + where, item["msg"].removeprefix("Value error, "))
        except MulticloudLabError as error:
            self.say(key, str(error))
        return None

    def parts(self, kind: type[Part], key: str) -> list[tuple[str, Part]]:
        """Give the parts of a list that can be used, and the key of each."""
        items = self._values.get(key) or []
        if not isinstance(items, list | tuple):
            self.say(key, "must be a list")
            return []
        found = [
            (f"{key}[{i}]", self.attempt(f"{key}[{i}]", partial(kind.model_validate, item)))
            for i, item in enumerate(items)
        ]
        return [(where, item) for where, item in found if item is not None]

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key) or ()
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.say(key, "must be a list of texts")
        return ()

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self._values.get(key) or {}
        if isinstance(value, Mapping):
            return value
        self.say(key, "must be a mapping")
        return {}

    def regions(self) -> dict[str, Region]:
        read = {
            prefix: self.attempt(f"regions[{prefix}]", partial(parse_region, str(name)))
            for prefix, name in self.mapping("regions").items()
        }
        return {prefix: region for prefix, region in read.items() if region is not None}

    def region(self, key: str) -> Region | None:
        value = self._values.get(key)
        return None if value is None else self.attempt(key, partial(parse_region, str(value)))

    def options(self) -> dict[str, Mapping[str, Any]]:
        options: dict[str, Mapping[str, Any]] = {}
        for prefix, value in self.mapping("storage_options").items():
            if isinstance(value, Mapping):
                options[prefix] = dict(value)
            else:
                self.say(f"storage_options[{prefix}]", "must be a mapping of options")
        return options

    def providers(self, key: str) -> tuple[str, ...]:
        known = list(dict.fromkeys(place.region.provider for place in all_regions()))
        said = self.texts(key)
        for word in said:
            if word not in known:
                self.say(key, f"{word!r} is no provider; there are {', '.join(known)}")
        return tuple(word for word in said if word in known)

    def number(self, key: str, default: float) -> float:
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
            self.say(key, "must be a number from 0 on")
            return default
        return float(value)

    def gateways(self) -> tuple[GatewayConfig, ...]:
        """Give the gateways; those that do not say when clusters are idle have the lab's times."""
        shared: dict[str, float] = {"idle_minutes": self.number("idle_minutes", IDLE_MINUTES)}
        if self._values.get("longest_idle_minutes") is not None:
            key = "longest_idle_minutes"
            shared[key] = self.number(key, shared["idle_minutes"])
        return tuple(
            each.model_copy(
                update={k: v for k, v in shared.items() if k not in each.model_fields_set}
            )
            for each in _named(self, GatewayConfig, "gateways")
        )


def _named(read: _Reading, kind: type[GatewayConfig] | type[CatalogConfig], key: str) -> list[Any]:
    found: dict[str, Any] = {}
    for where, item in read.parts(kind, key):
        if item.name in found:
            read.say(f"{where}.name", f"{item.name!r} is there already")
        else:
            found[item.name] = item
    return list(found.values())


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
