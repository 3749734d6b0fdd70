"""Groups of tasks that some best placement puts in one place, found before any flow."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from multicloud_lab.neardata.cutting.exchange import MESSAGE, Exchange
from multicloud_lab.neardata.graphs.task_graph import Ints
from multicloud_lab.neardata.places import ANYWHERE

_WORTH = 0.02  # the share of groups that a round has to put together for another one to follow


def contract(exchange: Exchange) -> tuple[Exchange, Ints]:
    """Put groups together without losing every best placement.

    Two rules, whatever the prices are as long as they are not negative. "Weighs no more" is of
    both, bytes alone and bytes with ``MESSAGE`` (see ``exchange.py``) for each value, so that it
    holds for every price and for handling. A free group G joins

    1. the giver H of the only value u that it takes, if nobody else takes u or wants it at home,
       and what G gives weighs no more than u. Proof: take a best placement, and move G to H's
       place. u no longer pays the way from H to G. Each value that G gives starts at H now: what
       it pays more is at most the way from H to G, and together they weigh no more than u.
    2. the only group W that takes what it gives, if it gives nothing home and what it takes weighs
       no more than what it gives. Proof: move G to W's place. Everything that G gave no longer
       pays the way from G to W; each value that G takes pays at most that way more.

    The rules are used on all groups at once, and again on what comes of it. That is sound since a
    condition outlives the joining of others. Of rule 1: when a group joins G by either rule, G
    still takes only u, and gives what weighs no more than before. Of rule 2: when groups whose
    values only G takes join it, G takes what weighs no more; when a group joins G by rule 1, G's
    only taker W was it. No group uses both rules in one round.

    Returns
    -------
    exchange : Exchange
        Between fewer groups.
    label : array of int32
        For each group that was given, the one that it is in now.
    """
    label = np.arange(len(exchange), dtype=np.int32)
    while len(exchange):
        joined = _joins(exchange)
        joining = np.flatnonzero(joined >= 0)
        if len(joining) <= _WORTH * len(exchange):
            break
        labels = components(len(exchange), joining.astype(np.int32), joined[joining])
        exchange = exchange.merged(labels)
        label = labels[label]
    return exchange, label


def components(count: int, one: Ints, other: Ints) -> Ints:
    """Label things so that the two of each pair, and all that hang together so, have one label."""
    pairs = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    labels: Ints = connected_components(pairs.tocsr(), directed=False)[1]
    return labels


def _joins(exchange: Exchange) -> Ints:
    """Give for each group the one that it joins, or -1."""
    count = len(exchange)
    size = exchange.size
    given = np.bincount(exchange.giver, size, count)
    gives = np.bincount(exchange.giver, exchange.count, count)
    taken = np.bincount(exchange.taker, size[exchange.value], count)
    takes = np.bincount(exchange.taker, minlength=count)
    handled = np.bincount(exchange.taker, exchange.count[exchange.value], count)
    takers = np.bincount(exchange.value, minlength=len(size))
    free = exchange.pins == ANYWHERE
    joined = np.full(count, -1, np.int32)

    # Rule 2. Some taker of what each group gives, and whether there is another.
    some = np.full(count, -1, np.int32)
    giver = exchange.giver[exchange.value]
    some[giver] = exchange.taker
    alone = some >= 0
    alone[giver[some[giver] != exchange.taker]] = False
    alone[exchange.giver[exchange.home]] = False
    second = free & alone & (taken <= given)
    second &= taken + handled * MESSAGE <= given + gives * MESSAGE
    joined[second] = some[second]

    # Rule 1, which goes first where both hold.
    only = np.full(count, -1, np.int32)
    only[exchange.taker] = exchange.value
    first = free & (takes == 1)
    value = only[first]
    lighter = given[first] + gives[first] * MESSAGE <= size[value] + exchange.count[value] * MESSAGE
    lighter &= given[first] <= size[value]
    first[first] = (takers[value] == 1) & ~exchange.home[value] & lighter
    joined[first] = exchange.giver[only[first]]
    return joined
