"""What an analysis is: a template that says how well it fits datasets, and writes their cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from multicloud_lab.analyses.contents import Contents
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.config import GatewayConfig
from multicloud_lab.records import AnalysisParameter, Cell, Dataset, Opening, Structure


@dataclass(frozen=True, slots=True)
class CellSource:
    """A dataset that cells are written for, and where it is to be computed.

    Parameters
    ----------
    dataset : Dataset
    opening : Opening
        How a kernel opens it.
    gateway : GatewayConfig or None
        The gateway near it; ``None`` if none is known to be.
    minimum, maximum : int or None
        Workers of a new cluster there.
    structure : Structure or None
        What it holds; ``None`` if that is not known.
    covered : tuple of str, or None
        The first and the last day that it has; ``None`` if that is not known.
    chosen : bool
        Whether somebody chose the gateway, so that it has to be named.
    """

    dataset: Dataset
    opening: Opening
    gateway: GatewayConfig | None = None
    minimum: int | None = None
    maximum: int | None = None
    structure: Structure | None = None
    covered: tuple[str, str] | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A dataset under the names that the cells give it.

    Parameters
    ----------
    source : CellSource
    name : str
        The variable that holds the dataset.
    client : str or None
        The variable that holds the client near it; ``None`` if there is no gateway for it.
    """

    source: CellSource
    name: str
    client: str | None

    @property
    def contents(self) -> Contents:
        """What is known of what it holds."""
        return Contents(self.source.dataset, self.source.structure, self.source.covered)

    @property
    def where(self) -> str:
        """The dataset's region, for a comment."""
        region = self.source.dataset.region
        return "a region that is not known" if region is None else str(region)


class Style(ABC):
    """How cells open, connect and compute; the analyses write the rest."""

    @abstractmethod
    def open(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that opens a dataset; the first one also imports."""

    @abstractmethod
    def connect(self, bound: Bound, *, first: bool) -> str:
        """Write the cell that makes the client near a dataset."""

    @abstractmethod
    def compute(self, results: Sequence[tuple[str, Bound]]) -> str:
        """Write the lines that compute each named object near its dataset, all at once."""


class AnalysisTemplate(ABC):
    """A template of ready cells; a subclass is offered once it is registered.

    Other packages register theirs by an entry point in the group ``multicloud_lab.analyses``
    that names the subclass.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    asks: ClassVar[bool] = False
    """Whether it has parameters: what datasets hold is looked up for those that have."""

    @abstractmethod
    def fits(self, datasets: Sequence[Dataset]) -> float | None:
        """Say how well it fits these datasets together: the higher the better, None: not."""

    def parameters(self, contents: Sequence[Contents]) -> list[AnalysisParameter]:
        """Say what it asks about datasets that it fits, with sensible answers."""
        return []

    @abstractmethod
    def cells(self, bound: Sequence[Bound], style: Style, answers: Answers) -> list[Cell]:
        """Write the cells.

        Parameters
        ----------
        bound : sequence of Bound
        style : Style
        answers : mapping
            A checked value for each of the parameters.
        """


def code(source: str) -> Cell:
    """Make a code cell."""
    return Cell(cell_type="code", source=source.strip("\n"))


def opened(bound: Sequence[Bound], style: Style) -> list[Cell]:
    """Write the cells that every analysis begins with: open, then a client near each."""
    cells = [code(style.open(item, first=number == 0)) for number, item in enumerate(bound)]
    connected: set[str] = set()
    for item in bound:
        if item.client is not None and item.client not in connected:
            cells.append(code(style.connect(item, first=not connected)))
            connected.add(item.client)
    return cells
