"""A notebook shows how far a run is, in one line that is kept up to date; a script does not."""

from __future__ import annotations

from typing import Any

import nbclient
import nbformat
import pytest

from multicloud_lab.waiting import StatusLine

CELL = """
import time
from distributed import Client
import dask.array as da
from multicloud_lab.computing import _Shown
from multicloud_lab.neardata.running.execution import RunPlace, run

def slow(block):
    time.sleep(1.5)
    return block

array = da.ones((6, 2), chunks=(1, 2)).map_blocks(slow, dtype=float)
with _Shown() as shown:
    run([array.sum()], [RunPlace("this process")], [None], lambda key: 0,
        tick=shown.tick, progress=shown.progress)
    line = str(shown.progress)
"""


def test_a_notebook_shows_one_line_and_takes_it_away() -> None:
    make: Any = nbformat.v4
    notebook = make.new_notebook(
        cells=[
            make.new_code_cell(CELL),
            make.new_code_cell("line"),
        ]
    )
    client: Any = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute()
    ran, last = notebook.cells
    shown = [output for output in ran.outputs if output.output_type == "display_data"]
    assert [output.data["text/plain"] for output in shown] == [""], "it has been taken away"
    assert "this process" in last.outputs[0].data["text/plain"]


def test_a_script_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    line = StatusLine("results")
    line.say("this process: 1 of 2 tasks")
    line.clear()
    assert capsys.readouterr().out == ""
