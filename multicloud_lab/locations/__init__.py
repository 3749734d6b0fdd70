"""Where the bytes are: from a URL to a region, with the evidence."""

from __future__ import annotations

from multicloud_lab.locations.locator import Locator, normal_form

__all__ = ["Locator", "normal_form"]
