"""What stored variables are once they are read: xarray's own decoding, over values of no size."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from multicloud_lab import records as r
from multicloud_lab.structure.form import Description, Group, Table

if TYPE_CHECKING:
    import xarray as xr

MAX_VARIABLES = 5000
"""That are told of one dataset; more would not be looked at."""

_STANDARD = ("", "standard", "gregorian", "proleptic_gregorian")
_LONG = 500


def stand_in(
    dims: tuple[str, ...],
    shape: tuple[int, ...],
    dtype: Any,
    attributes: Mapping[str, Any],
    *,
    chunks: tuple[int, ...] | None = None,
    shards: tuple[int, ...] | None = None,
) -> xr.Variable:
    """Make a variable as it is stored, whose values are one zero and take no memory.

    Raises
    ------
    ValueError
        The dimensions do not fit the shape, or it is larger than any array.
    """
    import numpy as np
    import xarray as xr

    one = np.zeros((), dtype)
    if one.dtype.kind == "O":
        one[()] = ""
    encoding = {"chunks": chunks, "shards": shards}
    return xr.Variable(dims, np.broadcast_to(one, shape), dict(attributes), encoding)


def describe(holds: tuple[Group, ...] | Table | Description) -> Description:
    """Describe what a format found as it is read.

    Raises
    ------
    ValueError
        A dimension has two sizes in one group, or attributes make no sense.
    """
    if isinstance(holds, Description):
        return holds
    return _describe_table(holds) if isinstance(holds, Table) else _describe_groups(holds)


def _describe_groups(groups: tuple[Group, ...]) -> Description:
    """Describe variables as xarray opens them.

    A dimension of a group is named with the group's path if it has another size above.
    """
    sizes: dict[str, int] = {}
    variables: list[r.Variable] = []
    notes: list[str] = []
    for group in groups:
        own = _dimension_names(group, sizes)
        decoded, coordinates, told = _decode(group)
        notes += told
        for name, variable in decoded.items():
            stored = group.variables[name]
            dims = tuple(own[str(dim)] for dim in variable.dims)
            is_coordinate = name in coordinates or variable.dims == (name,)
            variables.append(_variable(group, name, variable, stored, dims, is_coordinate))
    if len(variables) > MAX_VARIABLES:
        notes.append(f"only the first {MAX_VARIABLES} of {len(variables)} variables are listed")
    left_out = [variable.name for variable in variables if variable.bytes is None]
    # As the data variables have them, which is how people know a dataset.
    listed = sorted(variables, key=lambda variable: variable.coordinate)
    used = dict.fromkeys(dim for variable in listed for dim in variable.dims)
    kept = tuple(r.Dimension(name=name, size=sizes[name]) for name in used)
    return Description(
        dims=kept,
        variables=tuple(variables[:MAX_VARIABLES]),
        groups=tuple(group.path for group in groups if group.path),
        attributes=_texts(groups[0].attributes) if groups else {},
        notes=(*notes, *_without_size(left_out)),
    )


def _describe_table(table: Table) -> Description:
    """Describe columns as a dataframe has them; without their number, rows are no dimension."""
    rows = table.rows
    at_once = None if rows is None or table.rows_at_once is None else (table.rows_at_once,)
    variables = tuple(
        r.Variable(
            name=column.name[:_LONG],
            dims=() if rows is None else ("row",),
            shape=() if rows is None else (rows,),
            chunks=at_once,
            dtype=column.dtype,
            stored_dtype=column.stored_dtype,
            bytes=None if rows is None or column.itemsize is None else rows * column.itemsize,
            stored_bytes=column.stored_bytes,
        )
        for column in table.columns[:MAX_VARIABLES]
    )
    left_out = [one.name for one in variables if one.bytes is None and rows is not None]
    dims = () if rows is None else (r.Dimension(name="row", size=rows),)
    return Description(dims=dims, variables=variables, notes=_without_size(left_out))


def _without_size(names: list[str]) -> tuple[str, ...]:
    listed = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    told = f"the size in memory leaves out {listed}, whose items have no fixed size"
    return (told,) if names else ()


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Give attributes for people: as text, cut where it is long."""
    shown = {str(key)[:100]: _text(value) for key, value in list(attributes.items())[:200]}
    return {key: value for key, value in shown.items() if value}


def _dimension_names(group: Group, sizes: dict[str, int]) -> dict[str, str]:
    """Note the sizes of a group's dimensions; give the name of each in the whole."""
    own: dict[str, int] = {}
    for name, variable in group.variables.items():
        for dim, size in zip(variable.dims, variable.shape, strict=True):
            if own.setdefault(str(dim), size) != size:
                raise ValueError(
                    f"its dimension {str(dim)[:80]!r} has {own[str(dim)]} elements in one variable "
                    f"and {size} in {name[:80]!r}"
                )
    names: dict[str, str] = {}
    for dim, size in own.items():
        names[dim] = dim if sizes.get(dim, size) == size else f"{group.path}/{dim}"
        sizes[names[dim]] = size
    return names


def _decode(group: Group) -> tuple[dict[str, xr.Variable], set[Hashable], list[str]]:
    """Let xarray decode the stand-ins; it reads values of times alone, and those are zeros."""
    import xarray as xr
    from xarray.conventions import decode_cf_variables

    def decode(times: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return decode_cf_variables(
                {name: _with_any_date(variable) for name, variable in group.variables.items()},
                dict(group.attributes),
                decode_times=times,
                decode_timedelta=xr.coders.CFTimedeltaCoder() if times else False,
            )

    notes = []
    try:
        # In seconds, as a zero may be a date that nanoseconds do not reach.
        decoded, _, coordinates = decode(xr.coders.CFDatetimeCoder(time_unit="s"))
    # Whatever attributes of any type do to xarray's decoding.
    except Exception as error:  # noqa: BLE001
        notes.append(f"xarray cannot decode its times ({_text(error)}); they are told as stored")
        try:
            decoded, _, coordinates = decode(False)
        except Exception as second:
            raise ValueError(f"xarray cannot decode its variables: {_text(second)}") from second
    return {str(name): variable for name, variable in decoded.items()}, coordinates, notes


def _with_any_date(variable: xr.Variable) -> xr.Variable:
    """Let the reference date of a standard calendar not count: its zero may be in the year 1.

    Of that xarray makes an object, and of the dates that are stored it hardly ever does.
    """
    attributes = dict(variable.attrs)
    calendar = str(attributes.get("calendar", "")).lower()
    if "since" in str(attributes.get("units", "")) and calendar in _STANDARD:
        attributes["calendar"] = "proleptic_gregorian"
    found = variable.copy(deep=False)
    found.attrs = attributes
    return found


def _variable(
    group: Group,
    name: str,
    variable: xr.Variable,
    stored: xr.Variable,
    dims: tuple[str, ...],
    is_coordinate: bool,
) -> r.Variable:
    attributes = {**stored.attrs, **variable.attrs}
    dtype = _dtype(variable, stored)
    has_fixed_size = variable.dtype.kind not in "OT"
    rank = variable.ndim
    return r.Variable(
        name=f"{group.path}/{name}"[:_LONG] if group.path else name[:_LONG],
        dims=dims,
        shape=tuple(int(size) for size in variable.shape),
        chunks=_cut(stored.encoding.get("chunks"), rank),
        shards=_cut(stored.encoding.get("shards"), rank),
        dtype=dtype,
        stored_dtype=_name(stored.dtype),
        coordinate=is_coordinate,
        title=_text(attributes.get("long_name") or attributes.get("standard_name") or ""),
        units=_units(attributes),
        bytes=prod(variable.shape) * variable.dtype.itemsize if has_fixed_size else None,
        stored_bytes=group.stored.get(name),
    )


def _dtype(variable: xr.Variable, stored: xr.Variable) -> str:
    """Give the dtype; dates in xarray's own unit, and text of any length as it is called."""
    if variable.dtype.kind == "M" and stored.dtype.kind != "M":
        return "datetime64[ns]"
    is_text = variable.dtype.kind in "OT" and _name(stored.dtype) == "str"
    return "str" if is_text else _name(variable.dtype)


def _name(dtype: Any) -> str:
    of = (dtype.metadata or {}).values() if dtype.kind == "O" else ()
    return "str" if dtype.kind == "T" or str in of else str(dtype)


def _units(attributes: Mapping[str, Any]) -> str:
    units, calendar = _text(attributes.get("units", "")), _text(attributes.get("calendar", ""))
    return units if calendar.lower() in _STANDARD else f"{units} ({calendar})"


def _cut(sizes: Any, rank: int) -> tuple[int, ...] | None:
    """Give sizes for as many dimensions as are left: decoding joins characters to strings."""
    return None if sizes is None else tuple(int(size) for size in sizes)[:rank]


def _text(value: object) -> str:
    """Give a value as one line of text that any encoding takes, cut where it is long."""
    text = " ".join(str(value)[: 2 * _LONG].encode("utf-8", "replace").decode().split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
