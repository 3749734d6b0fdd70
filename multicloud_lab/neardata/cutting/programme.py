"""The placement of a small exchange as an integer programme."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, coo_array, csc_array, hstack, vstack

from multicloud_lab.neardata.cutting.exchange import Exchange, Places, Tariff
from multicloud_lab.neardata.places import ANYWHERE, HOME

_LARGEST = 30_000  # rows; HiGHS needs about a second for these
_NODES = 200  # of its search tree
_ROUNDING = 1e-7  # The share by which its bound may be wrong.


def solve_small(
    exchange: Exchange, tariff: Tariff, known: Places, *, folded: bool = False
) -> tuple[Places, float]:
    """Find a best placement and a bound by HiGHS, if there are few groups.

    For each region, a group is in it or not, and a value leaves it or enters it or does not. The
    number of nodes that are searched is limited, not the time, so that it is the same every time.

    Parameters
    ----------
    exchange : Exchange
    tariff : Tariff
    known : array of int8
        A placement: what is given back where nothing better is found.
    folded : bool
        Whether groups stand for several alike, so that only the linear programme bounds the cost
        of placing these one by one.

    Returns
    -------
    place : array of int8
    bound : float
        0 where there are too many groups.
    """
    regions = len(tariff) - 1
    pairs, values, groups = len(exchange.value), len(exchange.giver), len(exchange)
    homes = np.flatnonzero(exchange.home)
    per_region = 2 * pairs + len(homes)
    if per_region * regions + groups > _LARGEST:
        return known, 0.0
    giver = exchange.giver[exchange.value]
    # The columns of one region: groups that are in it, values that leave it, and that enter it.
    width = groups + 2 * values
    row = np.arange(per_region)
    leaves, enters, home = np.split(row, [pairs, 2 * pairs])
    parts = [
        (leaves, groups + exchange.value, 1.0),
        (leaves, giver, -1.0),
        (leaves, exchange.taker, 1.0),
        (enters, groups + values + exchange.value, 1.0),
        (enters, giver, 1.0),
        (enters, exchange.taker, -1.0),
        (home, groups + homes, 1.0),
        (home, exchange.giver[homes], -1.0),
    ]
    rows = np.concatenate([rows for rows, _, _ in parts])
    columns = np.concatenate([columns for _, columns, _ in parts])
    signs = np.concatenate([np.full(len(rows), sign) for rows, _, sign in parts])
    border = coo_array((signs, (rows, columns)), shape=(per_region, width))
    number = np.arange(groups)
    member = coo_array((np.ones(groups), (number, number)), shape=(groups, width))
    matrix = csc_array(vstack([block_diag([border] * regions), hstack([member] * regions)]))
    matrix.indices, matrix.indptr = (i.astype(np.int32) for i in (matrix.indices, matrix.indptr))
    lower = np.repeat([0.0, -np.inf], [per_region * regions, groups])
    upper = np.repeat([np.inf, 1.0], [per_region * regions, groups])
    prices, least, most = [], [], []
    for region in range(1, regions + 1):
        leaving = exchange.leaving(region, tariff)
        prices += [np.zeros(groups), leaving, exchange.entering(region, tariff)]
        pinned, free = exchange.pins == region, exchange.pins == ANYWHERE
        least += [pinned, np.zeros(2 * values)]
        most += [pinned | free, np.ones(2 * values)]
    price = np.concatenate(prices)
    unit = exchange.cost(known, tariff)  # Numbers near 1 suit the solver's tolerances.
    whole = np.concatenate([np.ones(groups), np.zeros(2 * values)])
    solve = partial(
        milp,
        price / unit,
        bounds=Bounds(np.concatenate(least), np.concatenate(most)),
        constraints=LinearConstraint(matrix, lower, upper),
        options={"node_limit": _NODES, "mip_rel_gap": 1e-9},
    )
    solved = solve(integrality=np.tile(whole, regions))
    least_cost = solve().fun if folded else solved.mip_dual_bound
    bound = 0.0 if least_cost is None else least_cost * unit
    if solved.x is None:
        return known, bound * (1 - _ROUNDING)
    inside = solved.x.reshape(regions, width)[:, :groups].round().astype(np.int8)
    place = np.where(inside.any(axis=0), inside.argmax(axis=0) + 1, HOME).astype(np.int8)
    return place, bound * (1 - _ROUNDING)
