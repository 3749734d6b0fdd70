"""The command line: ``multicloud-lab datasets | locate | price | check | demo``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from multicloud_lab.cli_output import complain
from multicloud_lab.errors import InvalidInputError, MulticloudLabError

if TYPE_CHECKING:
    from multicloud_lab.cli_commands import Command

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
        arguments = _parser().parse_args(argv)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="multicloud-lab",
        description="Pick a dataset, and the computation happens where its bytes are.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--config", metavar="FILE", type=Path, help="Jupyter configuration, JSON or Python"
    )
    shared.add_argument("--json", action="store_true", help="for machines")

    datasets = commands.add_parser(
        "datasets", parents=[shared], help="list what the catalogs have, and where it is"
    )
    datasets.add_argument("catalogs", nargs="*", metavar="CATALOG", help="more catalog files")
    datasets.add_argument("--text", default="", metavar="T", help="words to look for")
    datasets.add_argument(
        "--region", default="", metavar="R", help="a region, or gcp:*, or unknown"
    )
    datasets.set_defaults(run=_command("datasets"))

    locate = commands.add_parser("locate", parents=[shared], help="say in which region URLs are")
    locate.add_argument("urls", nargs="+", metavar="URL")
    locate.set_defaults(run=_command("locate"))

    price = commands.add_parser(
        "price", parents=[shared], help="say what moving bytes between regions costs"
    )
    price.add_argument("source", metavar="FROM", help="a region or a URL")
    price.add_argument("destination", metavar="TO", help="a region, or internet")
    price.add_argument("bytes", metavar="BYTES", help="as 288000, 1.5TB or 20GiB")
    price.set_defaults(run=_command("price"))

    check = commands.add_parser(
        "check", parents=[shared], help="try every gateway and catalog of the configuration"
    )
    check.set_defaults(run=_command("check"))

    demo = commands.add_parser("demo", help="two clouds on this machine, and JupyterLab")
    demo.add_argument("--port", type=_port, metavar="N", help="of JupyterLab; by default 8888 on")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.add_argument("--state-dir", type=Path, metavar="DIR", help="keep everything there")
    demo.add_argument("--size", choices=("small", "medium"), default="small", help="of the data")
    demo.add_argument(
        "--execute", type=Path, metavar="OUT.ipynb", help="run the workflow, write it, and end"
    )
    demo.set_defaults(run=_demo)
    return parser


def _command(name: str) -> Command:
    """Give a command that is imported when it runs, so that --help is fast."""

    def run(arguments: argparse.Namespace) -> int:
        from multicloud_lab import cli_commands

        return cli_commands.COMMANDS[name](arguments)

    return run


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number to 65535")
    return port


def _demo(arguments: argparse.Namespace) -> int:
    try:
        from multicloud_lab.demo.main import DemoOptions, run
    except ModuleNotFoundError as error:
        raise MulticloudLabError(
            f"The demo needs {error.name}, which is not installed here: "
            "pip install 'multicloud-lab[demo]'."
        ) from error
    return run(
        DemoOptions(
            port=arguments.port,
            browser=not arguments.no_browser,
            state_dir=arguments.state_dir,
            size=arguments.size,
            execute=arguments.execute,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
