"""Home: the region where the lab reads and results go, as a person has set or as configured."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from multicloud_lab.errors import UnknownRegionError
from multicloud_lab.regions import Region, parse_region

_log = logging.getLogger(__name__)


class Home:
    """Where this lab is, kept over restarts. Its methods may block.

    Parameters
    ----------
    configured : Region or None
        As the administrator says; None: outside every cloud.
    path : Path or None
        The file that remembers what a person has set; None: that is forgotten at the end.
    """

    def __init__(self, configured: Region | None, path: Path | None) -> None:
        self._configured = configured
        self._path = path
        self._chosen = _read(path) if path is not None else None

    @property
    def region(self) -> Region | None:
        """The region, or None outside every cloud."""
        return self.chosen or self._configured

    @property
    def chosen(self) -> Region | None:
        """What a person has set; None: nothing."""
        return self._chosen

    def choose(self, region: Region | None) -> bool:
        """Set the region, None for the configured one; say whether that is another than before."""
        before, self._chosen = self._chosen, region
        if self._path is not None and region != before:
            try:
                if region is None:
                    self._path.unlink(missing_ok=True)
                else:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    self._path.write_text(json.dumps({"home": str(region)}))
            except OSError as error:
                _log.warning("Home is remembered until this process ends only: %s", error)
        return region != before


def _read(path: Path) -> Region | None:
    try:
        return parse_region(json.loads(path.read_text())["home"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, UnknownRegionError) as error:
        _log.warning("%s is not read; home is as configured (%s)", path, type(error).__name__)
        return None
