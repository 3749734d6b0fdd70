"""Cells in this package's own words: what a colleague would write."""

from __future__ import annotations

from collections.abc import Sequence

from multicloud_lab.analyses.base import Bound, Style
from multicloud_lab.analyses.quoting import WIDTH, call, comment, literal


class LabStyle(Style):
    """Cells that use :mod:`multicloud_lab`."""

    def open(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that opens a dataset; the first one also imports."""
        head = "import multicloud_lab as mcl\n\n" if first else ""
        opening = call(
            f"{bound.name} = mcl.open_dataset",
            [literal(bound.source.dataset.id)],
            note=bound.where,
        )
        return f"{head}{opening}\n{bound.name}"

    def connect(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that makes the client near a dataset."""
        source = bound.source
        assert source.gateway is not None  # noqa: S101 - there is a client
        arguments = [f"near={bound.name}"]
        if source.chosen:
            arguments.append(f"gateway={literal(source.gateway.name)}")
        workers = "adaptive"
        if source.minimum is not None and source.maximum is not None:
            workers += f", {source.minimum} to {source.maximum} workers"
            if source.minimum != source.gateway.minimum:
                arguments.append(f"minimum={source.minimum}")
            if source.maximum != source.gateway.maximum:
                arguments.append(f"maximum={source.maximum}")
        line = call(
            f"{bound.client} = mcl.client", arguments, note=f"{workers}, on {source.gateway.name}"
        )
        return f"{line}\n{bound.client}"

    def compute(self, results: Sequence[tuple[str, Bound]]) -> str:
        """Write the line that computes everything near its data, at once."""
        names = ", ".join(name for name, _ in results)
        where = f"runs in {results[0][1].where}"
        if not all(bound.client for _, bound in results):
            where = "no gateway is near"
        if len(results) > 1:
            apart = len({bound.name for _, bound in results}) > 1
            beside = apart and all(bound.client for _, bound in results)
            note = "each beside its data, at once" if beside else where
            note += "; only the results come home" if where.startswith("runs") else ""
            taken = [name for name, _ in results]
            if len(f"{names} = mcl.compute(") <= WIDTH:
                return call(f"{names} = mcl.compute", taken, note=note)
            listed = "".join(f"    {name},\n" for name in taken)
            return f"{comment(note)}\n(\n{listed}{call(') = mcl.compute', taken)}"
        note = f"{where}; only the result comes home" if where.startswith("runs") else where
        return call(f"({names},) = mcl.compute", [names], note=note)
