"""Compute where the bytes are: what a notebook imports, and the two hooks of Jupyter."""

from __future__ import annotations
