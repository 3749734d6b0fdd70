"""Expressions that hypothesis makes, with their tasks placed at random: dask's answers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import dask.array
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multicloud_lab.neardata.running.execution import RunPlace, run
from tests.neardata.equality import assert_same

da: Any = dask.array
Step = Callable[[Any, Any], Any]

LEAVES = {
    name: np.random.default_rng(seed).normal(size=(6, 8))
    for seed, name in enumerate(("aws", "gcp", "azure"))
}
CHUNKS = ((2, 4), (3, 8), (6, 3))

ONE: dict[str, Callable[[Any], Any]] = {
    "double": lambda x: x * 2,
    "positive": lambda x: da.where(x > 0, x, -x),
    "rechunk": lambda x: x.rechunk((4, 3)),
    "reverse": lambda x: x[::-1],
    "anomaly": lambda x: x - x.mean(axis=0),
    "cumulate": lambda x: x.cumsum(axis=1),
    "scale": lambda x: x / x.std(),
    "shift": lambda x: da.roll(x, 1, axis=0),
    "masked": lambda x: da.where(da.isnan(x), 0, x),
}
TWO: dict[str, Step] = {
    "add": lambda x, y: x + y,
    "less": lambda x, y: x - y.max(axis=0),
    "either": lambda x, y: da.where(x > y, x, y),
    "beside": lambda x, y: da.concatenate([x, y])[:6],
    "mean": lambda x, y: da.stack([x, y]).mean(axis=0),
}
LAST: dict[str, Callable[[Any], Any]] = {
    "itself": lambda x: x,
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(axis=1),
    "std": lambda x: x.std(axis=0),
    "argmax": lambda x: x.argmax(axis=0),
    "histogram": lambda x: da.histogram(x, bins=np.linspace(-3, 3, 7))[0],
}

leaves = st.tuples(st.sampled_from(sorted(LEAVES)), st.sampled_from(CHUNKS))
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(sorted(ONE)), inner),
        st.tuples(st.sampled_from(sorted(TWO)), inner, inner),
    ),
    max_leaves=4,
)


def build(expression: Any) -> Any:
    """Write an expression that was drawn as dask would."""
    name, *rest = expression
    if name in LEAVES:
        return da.from_array(LEAVES[name], chunks=rest[0], name=f"{name}-{rest[0]}")
    return (ONE if len(rest) == 1 else TWO)[name](*map(build, rest))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    expression=expressions,
    last=st.sampled_from(sorted(LAST)),
    seed=st.integers(0, 100),
    window=st.sampled_from([500.0, 2.0**28]),
)
def test_whatever_is_written_has_the_same_answer(
    places: Sequence[RunPlace], expression: Any, last: str, seed: int, window: float
) -> None:
    lazy = LAST[last](build(expression))

    def place_of(key: Any) -> int:
        return random.Random(f"{seed} {key}").randrange(-1 if "-" not in str(key) else 0, 4)

    (result,) = run([lazy], places, [None], place_of, window=window).results
    assert_same(result, lazy.compute(scheduler="sync"))
