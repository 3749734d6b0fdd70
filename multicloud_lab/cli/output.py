"""What the command line prints: tables, JSON, and lines that no catalog can disturb."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence

_GAP = "  "


def say(text: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(f"multicloud-lab: {line(text)}\n")


def write_json(value: object) -> None:
    """Print a value for machines."""
    say(json.dumps(value, indent=2))


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns; on a terminal no line is longer than it, and the last column gives way."""
    if not rows:
        return
    lines = [[line(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head) - 1)]
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for row in lines:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        shown = _GAP.join([*cells, row[-1]]).rstrip()
        if limit is not None and len(shown) > limit:
            shown = shown[: limit - 1] + "…"
        say(shown)


def line(text: str) -> str:
    """Give a catalog's text as one harmless line: no control character reaches the terminal."""
    joined = " ".join(text.split())
    return "".join(ch if ch.isprintable() else "�" for ch in joined)
