"""What the commands share: the configuration that was named, and a lab of it."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from multicloud_lab.config import LabConfig, load_config
from multicloud_lab.service import LabService


def config_of(arguments: argparse.Namespace) -> LabConfig:
    """Read the configuration that was named; an empty one if none was."""
    return load_config(arguments.config) if arguments.config is not None else LabConfig()


@asynccontextmanager
async def service_of(config: LabConfig) -> AsyncIterator[LabService]:
    """Hold a lab that has been started."""
    service = LabService(config)
    try:
        await service.start()
        yield service
    finally:
        await service.close()
