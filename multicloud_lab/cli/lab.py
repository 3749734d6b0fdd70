"""What the commands share: the configuration that was named, and a lab of it."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from multicloud_lab.cache import cache_dir
from multicloud_lab.config import LabConfig, load_config
from multicloud_lab.service import LabService


def config_of(arguments: argparse.Namespace) -> LabConfig:
    """Read the configuration that was named; an empty one if none was."""
    config = load_config(arguments.config) if arguments.config is not None else LabConfig()
    return replace(config, probe=False) if getattr(arguments, "no_probe", False) else config


@asynccontextmanager
async def service_of(config: LabConfig, *, connect: bool = False) -> AsyncIterator[LabService]:
    """Hold a lab that has been started; ``connect``: with its gateways."""
    service = LabService(config, cache_dir=cache_dir(config), connect=connect)
    try:
        await service.start()
        yield service
    finally:
        await service.close()
