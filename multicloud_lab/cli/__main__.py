"""``python -m multicloud_lab.cli``."""

from __future__ import annotations

import sys

from multicloud_lab.cli import main

if __name__ == "__main__":
    sys.exit(main())
