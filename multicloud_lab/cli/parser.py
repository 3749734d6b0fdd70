"""What may be typed: the commands and their arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from multicloud_lab.errors import MulticloudLabError

Command = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    """Make the parser; each command is imported when it runs, so that --help is fast."""
    top = argparse.ArgumentParser(
        prog="multicloud-lab",
        description="Pick a dataset, and the computation happens where its bytes are.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
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
    for name, metavar, meaning in (
        ("provider", "P", "aws, gcp, azure, local or unknown"),
        ("region", "R", "a region, or gcp:*, or unknown"),
        ("catalog", "C", "one of the catalogs, by name"),
        ("format", "F", "zarr, netcdf, …"),
        ("tag", "T", "one of its tags"),
    ):
        datasets.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{meaning}; several times: any of them",
        )
    datasets.add_argument(
        "--requester-pays", action=argparse.BooleanOptionalAction, help="whether its reader pays"
    )
    datasets.add_argument(
        "--near", action=argparse.BooleanOptionalAction, help="whether a gateway is in its region"
    )
    datasets.add_argument("--facets", action="store_true", help="count what was found, instead")
    datasets.add_argument("--no-probe", action="store_true", help="ask no provider")
    datasets.set_defaults(run=_command("datasets", "datasets"))

    locate = commands.add_parser("locate", parents=[shared], help="say in which region URLs are")
    locate.add_argument("urls", nargs="+", metavar="URL")
    locate.add_argument("--no-probe", action="store_true", help="ask no provider")
    locate.set_defaults(run=_command("datasets", "locate"))

    price = commands.add_parser(
        "price", parents=[shared], help="say what moving bytes between regions costs"
    )
    place = "a region, a URL or a dataset's id"
    price.add_argument("source", metavar="FROM", help=place)
    price.add_argument("destination", metavar="TO", help=f"{place}, or internet")
    price.add_argument("bytes", metavar="BYTES", help="as 288000, 1.5TB or 20GiB")
    price.add_argument(
        "--requester-pays", action="store_true", help="the bucket bills those who read it"
    )
    price.set_defaults(run=_command("prices", "price"))

    check = commands.add_parser(
        "check", parents=[shared], help="try every gateway and catalog of the configuration"
    )
    check.set_defaults(run=_command("check", "check"))

    demo = commands.add_parser("demo", help="two clouds on this machine, and JupyterLab")
    demo.add_argument("--port", type=_port, metavar="N", help="of JupyterLab; by default 8888 on")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.add_argument("--state-dir", type=Path, metavar="DIR", help="keep everything there")
    demo.add_argument("--size", choices=("small", "medium"), default="small", help="of the data")
    demo.add_argument(
        "--execute", type=Path, metavar="OUT.ipynb", help="run the workflow, write it, and end"
    )
    demo.set_defaults(run=_demo)
    return top


def _command(room: str, name: str) -> Command:
    """Give a command that is imported when it runs, so that --help is fast."""

    def run(arguments: argparse.Namespace) -> int:
        module = import_module(f"multicloud_lab.cli.{room}")
        return cast(Command, getattr(module, name))(arguments)

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
