"""The command line: ``multicloud-lab datasets | locate | price | check | demo``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from multicloud_lab.cli.output import complain
from multicloud_lab.cli.parser import parser
from multicloud_lab.errors import InvalidInputError, MulticloudLabError

DONE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Without the program's name; by default those of this process.

    Returns
    -------
    int
        0 done, 1 a problem was found, 2 wrong usage.
    """
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()
    except InvalidInputError as error:
        return _fail(error, USAGE)
    except MulticloudLabError as error:
        return _fail(error, PROBLEM)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (as `head`) has what it wanted; nothing more can be written, also at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def _fail(error: MulticloudLabError, status: int) -> int:
    complain(str(error))
    return status
