"""Who computes: Dask Gateways, the lab's sessions with them, and their clusters."""

from __future__ import annotations

from multicloud_lab.gateways.pool import GatewayPool

__all__ = ["GatewayPool"]
