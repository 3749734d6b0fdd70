"""What stays when a demo is killed outright: it waits for that, and cleans up.

Run as ``python -m multicloud_lab.demo.keeper MARK [DIRECTORY]`` with a pipe that the demo holds
as its input. Nothing ever comes through it; it closes when the demo ends, however it ends.
"""

from __future__ import annotations

import shutil
import signal
import sys

from multicloud_lab.demo.marks import sweep


def main(arguments: list[str]) -> None:
    """Wait for the end of the demo, kill its processes, remove its temporary directory."""
    mark, *directories = arguments
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(mark)
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
