"""``multicloud-lab demo``: starts everything, says where it is, and ends everything."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from multicloud_lab.demo.clouds import Clouds
from multicloud_lab.demo.jupyter import DemoJupyter, choose_port, start_jupyter, wait_for_jupyter
from multicloud_lab.demo.notebook import write_workflow
from multicloud_lab.demo.processes import Processes, Stopped
from multicloud_lab.demo.sizes import SizeName
from multicloud_lab.errors import InvalidInputError, MulticloudLabError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOCK = "demo.lock"
_OF_ONE_RUN = ("catalogs", "gateways", "logs", "runtime", "stores", "tmp", "demo.json")
_KEPT = ("cache", "config", "data", "notebooks")


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What ``multicloud-lab demo`` was asked for.

    Parameters
    ----------
    port : int, optional
        Of JupyterLab: this one or none; 0 is any. Without it, the first free one from 8888 on.
    browser : bool
        Whether to open one.
    state_dir : Path, optional
        For every file of the demo. Without it, a directory that goes away at the end.
    size : {"small", "medium"}
        Tens of megabytes a region, or about a gigabyte.
    execute : Path, optional
        Where to write the workflow's notebook after running it; then the demo ends.
    """

    port: int | None = None
    browser: bool = True
    state_dir: Path | None = None
    size: SizeName = "small"
    execute: Path | None = None


def run(options: DemoOptions) -> int:
    """Run the demo until it is done or stopped.

    Returns
    -------
    int
        0 when it did what was asked, also when a person stopped it while it was up; 1 when
        something failed, or when it was stopped before it was done. What failed is on stderr.
    """
    up = False
    try:
        if options.execute is not None:
            _check_output(options.execute)
        port = choose_port(options.port)
        with _state_dir(options.state_dir) as state_dir, _processes(state_dir) as processes:
            _say("Starting two clouds on this machine ...")
            with Clouds(processes, options.size) as clouds:
                write_workflow(processes.state_dir / "notebooks" / "two-clouds.ipynb")
                jupyter = start_jupyter(
                    processes, port, clouds.config(), restart_kernels=options.execute is None
                )
                _announce(clouds, jupyter)
                if options.execute is not None:
                    return _execute(processes, options.execute)
                up = True
                if options.browser:
                    _open_browser(jupyter.address)
                wait_for_jupyter(processes)
    except Stopped:
        if not up:
            _complain("Stopped before it was done.")
        return 0 if up else 1
    except (MulticloudLabError, OSError) as error:
        _complain(str(error))
        return 1
    return 0


@contextmanager
def _state_dir(given: Path | None) -> Iterator[Path | None]:
    """Prepare the directory that was asked for: what earlier demos left for one run goes away."""
    if given is None:
        yield None
        return
    directory = given.expanduser().absolute()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = directory / _LOCK
    taken = [name for name in (*_OF_ONE_RUN, *_KEPT) if (directory / name).exists()]
    if taken and not lock.exists():
        raise InvalidInputError(
            f"{directory} holds {taken[0]!r}, which is not a demo's; "
            "give --state-dir another directory."
        )
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InvalidInputError(
                f"Another demo runs in {directory}; stop it, or give another --state-dir."
            ) from error
        for name in _OF_ONE_RUN:
            path = directory / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        yield directory


@contextmanager
def _processes(state_dir: Path | None) -> Iterator[Processes]:
    """Run processes that a signal ends."""
    asked = threading.Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in _SIGNALS}
    try:
        with Processes(state_dir, asked) as processes:
            yield processes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(clouds: Clouds, jupyter: DemoJupyter) -> None:
    """Write ``demo.json``, whole or not at all, and say the same to a person."""
    path = clouds.state_dir / "demo.json"
    where = {"jupyter": {"url": jupyter.url, "token": jupyter.token}, **clouds.describe()}
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(where, file, indent=2)
    draft.rename(path)
    _say(f"\nJupyterLab  {jupyter.address}\n")
    for region, gateway in clouds.gateways.items():
        store = clouds.stores[region]
        _say(f"{region}")
        _say(f"  gateway   {gateway.name}, {gateway.address}")
        _say(f"  sign in   user {gateway.username}, password {gateway.password}")
        _say(f"  store     {store.protocol}://, {store.endpoint}")
    _say(f"\nAll of this is in {path}; logs are in {clouds.state_dir / 'logs'}.")
    _say("Ctrl-C stops everything.\n")


def _check_output(path: Path) -> None:
    """Refuse a place where the notebook cannot be written, before anything is started."""
    if not path.absolute().parent.is_dir():
        raise InvalidInputError(f"There is no directory {path.absolute().parent} to write into.")
    if path.is_dir():
        raise InvalidInputError(f"{path} is a directory; --execute wants the name of a notebook.")


def _execute(processes: Processes, output: Path) -> int:
    _say(f"Running the workflow; its notebook will be {output} ...")
    processes.start_module(
        "workflow",
        "multicloud_lab.demo.workflow",
        str(processes.state_dir / "demo.json"),
        str(processes.state_dir / "runtime"),
        str(output.absolute()),
    )
    status = processes.wait_for_end("workflow", timeout=1800)
    if status == 0:
        _say(f"Done: {output}")
        return 0
    _complain(processes.log("workflow").read_text(errors="replace").strip())
    return 1


def _open_browser(url: str) -> None:
    # A browser of the terminal blocks until it is left; the demo does not wait for it.
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _say(line: str) -> None:
    print(line, flush=True)


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
