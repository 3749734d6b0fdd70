"""What fails in the middle of a run: tasks, workers that hold moved data, whole clusters."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import dask
import dask.array
import numpy as np
import pytest
from dask.typing import Key
from distributed import Client, LocalCluster
from distributed.comm.core import CommClosedError

from multicloud_lab.errors import ClusterFailedError
from multicloud_lab.neardata.running.cluster_station import ClusterStation
from multicloud_lab.neardata.running.execution import RunPlace, persist, run
from multicloud_lab.neardata.running.failures import PartialResults
from multicloud_lab.neardata.running.moved import Run
from tests.neardata.leftovers import assert_nothing_is_left

da: Any = dask.array
lazy: Any = dask
HOME, AWS, GCP = 0, 1, 2
GO = threading.Event()
MENDED = threading.Event()


def no_such_variable(block: Any) -> Any:
    raise ValueError("no such variable")


def after_the_other(block: Any) -> Any:
    """Wait until the other has failed, in a worker that is a thread of this process."""
    assert GO.wait(120)
    return block


def let_go(block: Any) -> Any:
    GO.set()
    return no_such_variable(block)


def zeros(name: str, function: Any = None) -> Any:
    array = da.zeros((4, 4), chunks=(2, 2), name=name)
    return (
        array
        if function is None
        else array.map_blocks(function, dtype=float, meta=np.empty((0, 0)))
    )


def test_the_others_are_finished_and_the_error_names_the_region(
    places: Sequence[RunPlace],
) -> None:
    GO.clear()
    bad, good = zeros("bad", let_go).sum(), zeros("good", after_the_other).sum()
    with pytest.raises(ValueError, match="no such variable") as caught:
        run([bad, good], places, [AWS, GCP])
    notes = "\n".join(caught.value.__notes__)
    assert "raised in aws:us-west-2" in notes
    assert "partial_results" in notes
    partial: PartialResults = vars(caught.value)["partial_results"]
    assert partial == PartialResults({1: 0.0}, {0: "aws:us-west-2"})
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-1] == "no_such_variable"
    assert_nothing_is_left(places)


def test_what_cannot_be_sent_is_not_said_to_have_failed_there(places: Sequence[RunPlace]) -> None:
    lock = threading.Lock()
    unsendable = zeros("unsendable", lambda block: (block, lock)[0]).sum()
    for whole in (AWS, None):
        with pytest.raises(TypeError) as caught:
            run([unsendable], places, [whole], lambda key: AWS)
        assert caught.value.__notes__ == [
            "This was raised here, as tasks were sent to aws:us-west-2."
        ]
    assert_nothing_is_left(places)


@pytest.mark.parametrize("where", [HOME, AWS, GCP])
def test_a_failed_task_of_a_split_object_spoils_only_what_depends_on_it(
    places: Sequence[RunPlace], where: int
) -> None:
    bad, near, far = zeros("bad", no_such_variable), zeros("near"), zeros("far")

    def place_of(key: Key) -> int:
        name = str(key[0] if isinstance(key, tuple) else key)
        return {bad.name: where, "far": GCP, "near": AWS}.get(name, AWS)

    objects = [(bad + far).sum(), (near + far).sum(), bad.mean() - near.mean(), near.max()]
    with pytest.raises(ValueError, match="no such variable") as caught:
        run(objects, places, [None] * 4, place_of)
    partial: PartialResults = vars(caught.value)["partial_results"]
    assert partial.results == {1: 0.0, 3: 0.0}
    assert set(partial.failed.values()) == {places[where].where}
    assert_nothing_is_left(places)
    assert run(objects[1:2], places, [None], place_of).results == [0.0], "and it can go on"


def test_the_same_again_after_a_failure_is_tried_anew(places: Sequence[RunPlace]) -> None:
    # One task that fails: a second one may be at it still when the same is asked for again, and
    # distributed takes what comes of that.
    whole = da.zeros((4, 4), chunks=4, name="whole")
    bad, far = (
        whole.map_blocks(fails_until_mended, dtype=float, meta=np.empty((0, 0))),
        zeros("far"),
    )
    MENDED.clear()

    def place_of(key: Key) -> int:
        return GCP if isinstance(key, tuple) and key[0] == "far" else AWS

    expression = (bad + far).sum()
    with pytest.raises(OSError, match="not mended"):
        run([expression], places, [None], place_of)
    MENDED.set()
    assert run([expression], places, [None], place_of).results == [0.0]


def test_what_is_on_its_way_at_a_failure_is_let_go_of_as_well(
    places: Sequence[RunPlace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph that takes what fails is with the scheduler already, but not yet in the books."""
    whole, far = da.zeros((4, 4), chunks=4, name="whole"), zeros("far")
    bad = whole.map_blocks(fails_when_taken, dtype=float, meta=np.empty((0, 0)))
    watch = ClusterStation._watch
    MENDED.clear()
    GO.clear()

    def watch_late(self: ClusterStation, key: Key, future: Any) -> None:
        if "sum" in str(key) and not GO.is_set():
            GO.set()
            time.sleep(2)
        watch(self, key, future)

    monkeypatch.setattr(ClusterStation, "_watch", watch_late)

    def place_of(key: Key) -> int:
        return GCP if isinstance(key, tuple) and key[0] == "far" else AWS

    expression = (bad + far).sum()
    with pytest.raises(OSError, match="not mended"):
        run([expression], places, [None], place_of)
    assert GO.is_set()
    MENDED.set()
    assert run([expression], places, [None], place_of).results == [0.0]


def fails_when_taken(block: Any) -> Any:
    GO.wait(120)
    return fails_until_mended(block)


def fails_until_mended(block: Any) -> Any:
    if not MENDED.is_set():
        raise OSError("not mended")
    return block


def dies_once(one: Any, other: Any, flag: str) -> Any:
    """Kill the worker that this runs on, the first time."""
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return one + other
    os._exit(1)


def cluster(**options: Any) -> Any:
    make: Any = LocalCluster
    return make(host="tcp://127.0.0.1", dashboard_address=":0", threads_per_worker=1, **options)


def client_of(of: Any) -> Any:
    make: Any = Client
    return make(of, set_as_default=False)


def test_a_worker_that_dies_with_what_was_moved_to_it_is_no_loss(
    places: Sequence[RunPlace], tmp_path: Path
) -> None:
    large = np.random.default_rng(4).random((200, 200))  # more than travels in a graph
    far, near = (da.from_array(large, chunks=(100, 200), name=name) for name in ("far", "near"))
    both = da.map_blocks(
        dies_once, near, far, flag=str(tmp_path / "died"), dtype=float, meta=np.empty((0, 0))
    )

    def place_of(key: Key) -> int:
        return GCP if isinstance(key, tuple) and "far" in str(key[0]) else AWS

    with cluster(n_workers=1, processes=True) as mortal, client_of(mortal) as client:
        ran = run([both], [places[0], RunPlace("aws", client), places[GCP]], [None], place_of)
    np.testing.assert_array_equal(ran.results[0], large + large)
    assert ran.restarts >= 1


def test_what_a_worker_ended_under_is_sent_again(
    places: Sequence[RunPlace], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = np.random.default_rng(4).random((200, 200))  # more than travels in a graph
    far, near = (da.from_array(large, chunks=(100, 200), name=name) for name in ("far", "near"))
    client = places[AWS].client
    assert client is not None
    scatter: Any = client.scatter
    broken: list[CommClosedError] = []

    def breaks_once(*arguments: Any, **keywords: Any) -> Any:
        if not broken:
            broken.append(CommClosedError("in ConnectionPool.scatter: Stream is closed"))
            raise broken[0]
        return scatter(*arguments, **keywords)

    monkeypatch.setattr(client, "scatter", breaks_once)

    def place_of(key: Key) -> int:
        return GCP if isinstance(key, tuple) and "far" in str(key[0]) else AWS

    ran = run([near + far], places, [None], place_of)
    assert broken
    np.testing.assert_array_equal(ran.results[0], large + large)
    assert_nothing_is_left(places)


def test_a_cluster_that_is_gone_is_named_and_the_others_are_finished(
    places: Sequence[RunPlace],
) -> None:
    GO.clear()
    mortal = cluster(n_workers=1, processes=False)
    client = client_of(mortal)
    lost, good = zeros("lost", after_the_other).sum(), zeros("good", after_the_other).sum()

    def end() -> None:
        until = time.monotonic() + 120
        while not any(client.processing().values()) and time.monotonic() < until:
            time.sleep(0.02)
        mortal.scheduler.loop.add_callback(mortal.scheduler.close)
        GO.set()

    thread = threading.Thread(target=end)
    thread.start()
    try:
        with pytest.raises(ClusterFailedError, match=r"cluster in aws.*gone") as caught:
            run([lost, good], [places[0], RunPlace("aws", client), places[GCP]], [AWS, GCP])
    finally:
        GO.set()
        thread.join()
        for each in (client, mortal):
            with suppress(TimeoutError):  # Its scheduler is gone already.
                each.close(timeout=5)
    assert vars(caught.value)["partial_results"].results == {1: 0.0}


@pytest.mark.parametrize("whole", [AWS, None])
def test_a_cluster_whose_client_is_closed_is_gone(
    places: Sequence[RunPlace], whole: int | None
) -> None:
    with cluster(n_workers=1, processes=False) as mortal:
        client = client_of(mortal)
        client.close()
        with pytest.raises(ClusterFailedError, match=r"cluster in aws.*gone"):
            run([zeros("x").sum()], [places[0], RunPlace("aws", client)], [whole], lambda key: 1)


@pytest.mark.parametrize("work", [run, persist])
def test_what_a_run_took_that_failed_is_told(places: Sequence[RunPlace], work: Any) -> None:
    far = zeros("far")
    told: list[Run] = []
    bad = far.map_blocks(no_such_variable, dtype=float, meta=np.empty((0, 0))).sum()

    def place_of(key: Key) -> int:
        return AWS if isinstance(key, tuple) and key[0] == "far" else HOME

    with pytest.raises(ValueError, match="no such variable"):
        work([bad], places, [None], place_of, broken=told.append)
    (ran,) = told
    assert ran.results == []
    assert ran.moved[AWS, HOME].results > 0
    assert ran.graphs[AWS] > 0
    assert_nothing_is_left(places)


INTERRUPTED = """
import signal, sys, threading, time
import dask.array as da
import numpy as np
from distributed import Client, LocalCluster
from distributed.comm.core import CommClosedError
from multicloud_lab.neardata.running.cluster_station import ClusterStation
from multicloud_lab.neardata.running.execution import RunPlace, persist, run

def slow(block):
    time.sleep(0.5)
    return block

def zeros(name):
    array = da.zeros((64, 4), chunks=(1, 4), name=name)
    return array.map_blocks(slow, dtype=float, meta=np.empty((0, 0)))

# A shell's background job ignores interrupts, and so would whatever it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
options = dict(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
clusters = [LocalCluster(host="tcp://127.0.0.1", **options) for _ in range(2)]
clients = [Client(each, set_as_default=False) for each in clusters]
places = [RunPlace("home"), *(RunPlace(str(n), each) for n, each in enumerate(clients))]
near, far = zeros("near"), zeros("far")
whole = zeros("whole").sum()

def place_of(key):
    return {near.name: 1, far.name: 2}.get(key[0], 0)

def watch():
    while not all(any(client.processing().values()) for client in clients):
        time.sleep(0.05)
    print("running", flush=True)

threading.Thread(target=watch, daemon=True).start()
began = time.monotonic()
try:
    run([(near + far).sum(), whole], places, [None, 1], place_of)
except KeyboardInterrupt:
    took = time.monotonic() - began
    for client in clients:
        until = time.monotonic() + 60
        while client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
            assert time.monotonic() < until, "tasks are left"
            time.sleep(0.05)
    print("interrupted", flush=True)
"""


def test_an_interrupt_lets_go_of_everything_everywhere(tmp_path: Path) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "running"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert out.strip() == "interrupted", err
    assert process.returncode == 0
