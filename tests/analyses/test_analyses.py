"""What the analyses ask, which answers they take, and the cells that come of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from multicloud_lab.analyses import CellSource, Contents, choose, fitting, form, make_cells
from multicloud_lab.analyses.parameters import Answers
from multicloud_lab.errors import InvalidInputError
from multicloud_lab.records import AnalysisForm, AnalysisParameter, CellStyle
from tests.analyses.samples import AWS, ERA5, GCP, LENS, source, structure, variable

ONE = ("histogram", "time-mean", "anomaly", "map")


def asked(analysis: str, *sources: CellSource) -> AnalysisForm:
    contents = [Contents(s.dataset, s.structure) for s in sources]
    return form(choose(analysis, [s.dataset for s in sources]), contents, "")


def parameter(found: AnalysisForm, name: str) -> AnalysisParameter:
    return next(p for p in found.parameters if p.name == name)


def written(analysis: str, *sources: CellSource, **given: str | float | None) -> str:
    return "\n".join(c.source for c in make_cells(analysis, sources, "lab", given).cells)


def test_nothing_is_said_of_a_region_where_no_gateway_is_near() -> None:
    nowhere = replace(LENS, gateway=None)
    assert "(mean,) = mcl.compute(mean)  # no gateway is near\n" in written("time-mean", nowhere)
    text = written("compare", nowhere, ERA5, what="zonal")
    assert "= mcl.compute(trefht_mean, era5_mean)  # no gateway is near\n" in text


def test_a_sample_is_one_step_also_of_what_is_not_known() -> None:
    blind = replace(ERA5, structure=None)
    assert (
        'sample = values.isel(time=values.sizes.get("time", 0) // 2, missing_dims="ignore")'
        in written("histogram", blind, variable="t2m")
    )
    assert '["t2m"].isel(time=0, missing_dims="ignore")' in written("map", blind, variable="t2m")


def test_one_dataset_is_analysed_and_several_are_compared() -> None:
    assert [a.name for a in fitting([ERA5.dataset])] == ["open", *ONE]
    assert [a.name for a in fitting([ERA5.dataset, LENS.dataset])] == ["open", "compare"]
    table = ERA5.dataset.model_copy(update={"format": "parquet"})
    assert [a.name for a in fitting([table])] == ["open"]
    assert [a.asks for a in fitting([ERA5.dataset])] == [False, True, True, True, True]


def test_a_form_has_the_variables_with_data_and_sensible_answers() -> None:
    found = asked("histogram", ERA5)
    chosen = parameter(found, "variable")
    assert (chosen.type, chosen.default) == ("choice", "t2m")
    assert [(c.value, c.title) for c in chosen.choices] == [
        ("t2m", "t2m: The t2m [K]"),
        ("lsm", "lsm: The lsm [1]"),
    ]
    assert parameter(found, "start").default == "1979-01-01"
    assert parameter(found, "end").default == "2020-12-31"
    # Not of every variable; which is chosen is not known yet.
    assert (parameter(found, "low").default, parameter(found, "high").default) == (None, None)
    # Everybody knows how warm it gets.
    warm = asked("histogram", LENS)
    assert (parameter(warm, "low").default, parameter(warm, "high").default) == (180, 330)


def test_the_catalogs_own_variable_comes_before_a_larger_one() -> None:
    listed = ERA5.dataset.model_copy(update={"variables": ("lsm",)})
    era5 = replace(ERA5, dataset=listed)
    assert parameter(asked("map", era5), "variable").default == "lsm"
    # It has no time, so that no mean over time is offered of it.
    found = parameter(asked("time-mean", era5), "variable")
    assert (found.default, [choice.value for choice in found.choices]) == ("t2m", ["t2m"])


def test_without_metadata_a_form_asks_for_text_and_the_cells_find_the_dimensions() -> None:
    blind = replace(ERA5, structure=None)
    chosen = parameter(asked("anomaly", blind), "variable")
    assert (chosen.type, chosen.default, chosen.choices) == ("text", None, ())
    with pytest.raises(InvalidInputError, match="Variable: Say a value"):
        written("anomaly", blind)
    text = written("anomaly", blind, variable="t2m")
    assert 'others = [dim for dim in series.dims if dim != "time"]' in text


def test_a_time_and_places_are_known_by_what_they_measure() -> None:
    odd = source(
        "a/b",
        AWS,
        structure(
            *(
                v.model_copy(update={"name": n, "dims": (n,)})
                for n, v in zip(("when", "j", "i"), ERA5.structure.variables, strict=False)  # type: ignore[union-attr]
            ),
            variable("v", ("level", "j", "when", "i")),
        ),
    )
    text = written("anomaly", odd, start="1990")
    assert '.sel(when=slice("1990", None)).isel(level=0)' in text
    assert 'np.cos(np.deg2rad(b["j"]))' in text
    assert '.mean(["j", "i"], keep_attrs=True)' in text
    assert 'groupby("when.month")' in text


def test_the_mean_over_time_is_what_a_colleague_would_write() -> None:
    cells = make_cells("time-mean", [LENS], "lab", {"start": "1990", "end": "1999"}).cells
    assert [cell.source for cell in cells[2:]] == [
        """\
# Only the first of member_id.
mean = trefht["TREFHT"].sel(time=slice("1990", "1999")).isel(member_id=0)
mean = mean.mean("time", keep_attrs=True)""",
        """\
(mean,) = mcl.compute(mean)  # runs in aws:us-west-2; only the result comes home
mean.plot(robust=True)""",
    ]


def test_datasets_in_two_regions_are_compared_by_one_computation() -> None:
    text = written("compare", ERA5, LENS, what="series")
    assert text.count("mcl.compute(era5_mean, trefht_mean)") == 1
    assert "era5_client = mcl.client(near=era5)" in text
    assert "trefht_client = mcl.client(near=trefht)" in text
    assert '"trefht TREFHT": trefht_mean,' in text
    assert 'axis.set(ylabel="K", title="")' in text
    labels = [p.label for p in asked("compare", ERA5, LENS).parameters]
    assert labels[:2] == ["Variable of era5", "Variable of TREFHT"]


WRONG: list[tuple[str, Answers, str]] = [
    ("time-mean", {"nonsense": 1}, r"no parameter 'nonsense'.*variable, start, end"),
    ("time-mean", {"variable": "tp"}, r"Variable: 'tp' is not one of t2m\."),
    ("time-mean", {"variable": None}, r"Variable: Say a value"),
    ("time-mean", {"variable": 3}, r"Variable: 3 is not a text"),
    ("time-mean", {"start": "yesterday"}, r"From: 'yesterday' is no date"),
    ("time-mean", {"start": '1990"); x("'}, r"is no date"),
    ("time-mean", {"start": "1995", "end": "1990-05"}, r"ends in 1990-05, before .* 1995"),
    ("histogram", {"bins": 0}, r"Bins: 0 is not at least 1 and at most 10000"),
    ("histogram", {"bins": 1.5}, r"Bins: 1.5 is not a whole number"),
    ("histogram", {"bins": "50"}, r"Bins: '50' is not a number"),
    ("histogram", {"low": 5, "high": 5}, r"lowest edge, 5, is not below the highest, 5"),
    ("histogram", {"low": 0, "scale": "log"}, r"Logarithmic bins cannot begin at 0"),
    ("histogram", {"low": float("nan")}, r"Lowest edge: 'nan' is not a number"),
    ("open", {"variable": "t2m"}, r"there are: none"),
]


@pytest.mark.parametrize(("analysis", "given", "message"), WRONG)
def test_wrong_answers_are_told_in_a_sentence(analysis: str, given: Answers, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make_cells(analysis, [ERA5], "lab", given)


def test_a_period_within_one_year_may_end_in_that_year() -> None:
    assert 'slice("1990-05", "1990")' in written("time-mean", ERA5, start="1990-05", end="1990")


def test_edges_that_nobody_said_come_from_a_time_step() -> None:
    text = written("histogram", ERA5, low=None, high=330, scale="log")
    assert 'sample = values.isel(time=values.sizes["time"] // 2).where(lambda x: x > 0)\n' in text
    assert "(low,) = mcl.compute(low)" in text
    assert "bins = np.geomspace(float(low), 330, 51)" in text


CHOICES: list[tuple[str, dict[str, str | float | None]]] = [
    ("compare", {"what": "histogram"}),
    ("compare", {"what": "zonal"}),
    ("compare", {"what": "series"}),
    ("anomaly", {"group": "month"}),
    ("anomaly", {"group": "dayofyear"}),
    ("histogram", {"low": None}),
    ("histogram", {"low": 0.1, "scale": "log"}),
    ("time-mean", {"start": "1990-01-01", "end": "1999-12-31"}),
    ("map", {"time": "1990-01-01T06:00"}),
]


@pytest.mark.parametrize(("analysis", "given"), CHOICES, ids=str)
def test_cells_are_formatted_whatever_the_names_are_long(
    analysis: str, given: Answers, tmp_path: Path
) -> None:
    styles: tuple[CellStyle, ...] = ("lab", "plain")
    folder = tmp_path / "cells"
    folder.mkdir()
    cells: dict[Path, str] = {}
    lengths = (1, 24, 40, 48, 56, 60, 90)
    for style, length in product(styles, lengths):
        name = "n" * length
        dims = ("member_id", "time", "latitude", "longitude")
        found = structure(*ERA5.structure.variables, variable(name, dims, "K", 99))  # type: ignore[union-attr]
        sources = [source(f"a/{name}", AWS, found)]
        if analysis == "compare":
            celsius = variable(name, dims[1:], "degC", 99)
            other = structure(*ERA5.structure.variables, celsius)  # type: ignore[union-attr]
            sources += [source(f"b/{name}", GCP, other), source(f"c/{name}", GCP, found)]
        blind = [replace(one, structure=None) for one in sources]
        named = {**given, **{f"variable_{n}": name for n in range(2, len(blind) + 1)}}
        for known, every, values in (
            ("known", sources, given),
            ("blind", blind, {**named, "variable": name}),
        ):
            for number, cell in enumerate(make_cells(analysis, every, style, values).cells):
                path = folder / f"{style}_{known}_{length}_{number}.py"
                path.write_text(cell.source + "\n")
                cells[path] = cell.source + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-q", str(folder)]
    subprocess.run(command, check=True)
    for path, text in cells.items():
        assert path.read_text() == text
