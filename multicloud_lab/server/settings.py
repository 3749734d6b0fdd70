"""The lab's configuration as a Jupyter server has it: its files, its command line, its ``.d``."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from jupyter_server.extension.config import ExtensionConfigManager
from traitlets import TraitError
from traitlets.config import Config

from multicloud_lab.config import LabConfig, MulticloudLab, read_config
from multicloud_lab.records import Problem

_SECTION = MulticloudLab.__name__


def server_config(config: Config, paths: Sequence[str]) -> LabConfig:
    """Read the lab's configuration.

    Parameters
    ----------
    config : Config
        Of the server: configuration files and command line.
    paths : sequence of str
        Jupyter's directories of configuration, the most important first. The server itself reads
        nothing of their ``jupyter_server_config.d/*.json`` but which extensions are on.
    """
    manager = ExtensionConfigManager(read_config_path=list(paths))
    dropped_in = manager.get("jupyter_server_config")  # type: ignore[no-untyped-call]
    values = dropped_in.get(_SECTION, {})
    if not isinstance(values, dict):
        return _with(read_config({}), [Problem(key=_SECTION, message="must be a mapping")])
    values = {**values, **config.get(_SECTION, {})}
    resolved, problems = _resolve(values)
    return _with(read_config(resolved), problems)


def _resolve(values: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Give the values their types: one from the command line is text, others may be deferred.

    One by one, so that a wrong value does not take the others along.
    """
    known = MulticloudLab.class_trait_names(config=True)
    resolved: dict[str, Any] = {}
    problems = []
    for key, value in values.items():
        if key not in known:
            resolved[key] = value  # for read_config to name
            continue
        try:
            lab = MulticloudLab(config=Config({_SECTION: {key: value}}))
        except TraitError:
            kind = MulticloudLab.class_traits()[key].info()
            problems.append(Problem(key=key, message=f"must be {kind}"))
        else:
            resolved[key] = getattr(lab, key)
    return resolved, problems


def _with(config: LabConfig, problems: list[Problem]) -> LabConfig:
    return dataclasses.replace(config, problems=(*problems, *config.problems))
