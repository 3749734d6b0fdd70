"""Where the bytes are: from a URL to a region, with the evidence."""

from __future__ import annotations

from multicloud_lab.locations.addresses import normal_form
from multicloud_lab.locations.locator import Claim, Locator
from multicloud_lab.locations.probe import Probed
from multicloud_lab.locations.prober import Prober

__all__ = ["Claim", "Locator", "Probed", "Prober", "normal_form"]
