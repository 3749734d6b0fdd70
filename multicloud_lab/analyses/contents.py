"""What is known of a dataset's contents: variables to analyse, and which dimension is which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from multicloud_lab.records import Dataset, Structure, Variable

_TIMES = ("time", "valid_time", "t", "date", "datetime")
_LATITUDES = ("latitude", "lat", "y", "nlat", "rlat")
_LONGITUDES = ("longitude", "lon", "x", "nlon", "rlon")
_NORTH = ("degrees_north", "degree_north", "degrees_n", "degree_n")
_AREAS = frozenset({"tarea", "areacella", "areacello", "cell_area", "cellarea", "area"})
_BOUNDS = re.compile(r"(?:_|^)(?:bnds|bounds|bnd|vertices)$", re.IGNORECASE)
_ARRAYS_NOT = frozenset({"parquet", "csv", "grib", "stac", "icechunk"})


def is_array(dataset: Dataset) -> bool:
    """Say whether a dataset opens as an xarray dataset, as far as its format tells."""
    return dataset.format not in _ARRAYS_NOT and not dataset.problem


@dataclass(frozen=True, slots=True)
class Contents:
    """A dataset's contents: by its metadata where they are known, else by its catalog.

    Parameters
    ----------
    dataset : Dataset
    structure : Structure or None
        ``None``: nobody could, or wanted to, read its metadata.
    covered : tuple of str, or None
        The first and the last day that it has; ``None`` if that is not known.
    """

    dataset: Dataset
    structure: Structure | None = None
    covered: tuple[str, str] | None = None

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Data variables with numbers along some dimension; none if that is not known."""
        if self.structure is None:
            return ()
        return tuple(
            variable
            for variable in self.structure.variables
            if variable.dims
            and not variable.coordinate
            and "/" not in variable.name
            and re.match(r"u?int|float|complex|bool", variable.dtype)
            and not _BOUNDS.search(variable.name)
            and variable.name not in variable.dims
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the data variables: as found, else as its catalog says."""
        if self.structure is None:
            return self.dataset.variables
        return tuple(variable.name for variable in self.variables)

    @property
    def main(self) -> str | None:
        """The variable that people mostly want; ``None`` if there is none."""
        return self.main_of(self.names)

    def main_of(self, names: Sequence[str]) -> str | None:
        """Choose of some variables: the first that the catalog names, else the largest."""
        listed = [name for name in self.dataset.variables if name in names]
        if listed:
            return listed[0]
        variables = [variable for variable in self.variables if variable.name in names]
        return max(variables, key=_size).name if variables else None

    def variable(self, name: str) -> Variable | None:
        """Give a data variable; ``None`` if it is not known."""
        return next((v for v in self.variables if v.name == name), None)

    def dims(self, name: str) -> tuple[str, ...] | None:
        """Give a variable's dimensions; ``None`` if they are not known."""
        found = self.variable(name)
        return found.dims if found else None

    def time(self, name: str) -> str | None:
        """Name the dimension of time of a variable; ``None`` if it has none."""
        dims = self.dims(name)
        if dims is None:
            return "time"  # what nearly every dataset calls it
        dated = {v.name for v in self._axes() if v.dtype.startswith(("datetime", "cftime"))}
        return _first(dims, dated) or _first(dims, _TIMES)

    def latitude(self, name: str) -> str | None:
        """Name the dimension of latitude of a variable; ``None`` if it is not known."""
        return self._along(name, _NORTH, _LATITUDES)

    def degrees(self, name: str) -> str | None:
        """Name the dimension of a variable that is latitude in degrees; ``None`` if none is."""
        dim = self.latitude(name)
        units = next((v.units for v in self._axes() if v.name == dim), None)
        if units is None or dim is None:
            return None
        if units.lower() in _NORTH:
            return dim
        return dim if not units and dim.lower() in ("lat", "latitude") else None

    def area(self, dims: Sequence[str]) -> str | None:
        """Name the variable that holds the area of each cell of a grid; ``None`` if none does."""
        found = self.structure.variables if self.structure else ()
        return next(
            (v.name for v in found if v.name.lower() in _AREAS and v.dims == tuple(dims)), None
        )

    def longitude(self, name: str) -> str | None:
        """Name the dimension of longitude of a variable; ``None`` if it is not known."""
        return self._along(
            name, ("degrees_east", "degree_east", "degrees_e", "degree_e"), _LONGITUDES
        )

    def years(self) -> tuple[str, str]:
        """Give the first and the last date that it has, or that it says, or empty texts."""
        if self.covered is not None:
            return self.covered
        said = self.structure.attributes if self.structure else {}
        found = [said.get(f"time_coverage_{end}", "") for end in ("start", "end")]
        first, last = (re.match(r"\d{4}-\d\d-\d\d", text.strip()) for text in found)
        return (first[0] if first else "", last[0] if last else "")

    def _along(self, name: str, units: Sequence[str], names: Sequence[str]) -> str | None:
        dims = self.dims(name) or ()
        measured = {v.name for v in self._axes() if v.units.lower() in units}
        return _first(dims, measured) or _first(dims, names)

    def _axes(self) -> list[Variable]:
        """Give the variables that number a dimension of their own name."""
        found = self.structure.variables if self.structure else ()
        return [variable for variable in found if variable.dims == (variable.name,)]


def _size(variable: Variable) -> int:
    size = 1
    for length in variable.shape:
        size *= length
    return size


def _first(dims: Sequence[str], wanted: Sequence[str] | set[str]) -> str | None:
    return next((dim for dim in dims if dim in wanted or dim.lower() in wanted), None)
