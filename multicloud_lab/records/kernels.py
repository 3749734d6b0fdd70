"""Ids of kernels, which they say themselves: whoever keeps them keeps none that is endless."""

from __future__ import annotations

from multicloud_lab.errors import InvalidInputError

LONGEST_ID = 200
"""Characters of the id of a kernel, or of another name that a kernel says, at most."""


def check_kernel(kernel: str) -> None:
    """Refuse what is the id of no kernel.

    Raises
    ------
    InvalidInputError
    """
    if len(kernel) > LONGEST_ID:
        raise InvalidInputError("That is no kernel's id.")
