"""Weights + margins -> the weights that keep the margins, by iterative proportional fitting (Deming and Stephan 1940).

Rows are cases on their own. A fixed number of rounds and `+ * /` in a fixed order give the same bits on every machine;
the arrays have one row a piece and are made once, as a round is short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compiler.rng import Floats

ROUNDS = 400
LEAST = 1.0 / (1 << 1022)  # stands for a sum of nothing: a share by it is still finite, and times nothing is nothing


class Margin:
    """Case x member shares, each at most 1, and the member of each piece. Members without a piece have nothing to
    scale."""

    def __init__(self, shares: Floats, group: Sequence[int]) -> None:
        members = sorted({member for member in group if 0 <= member < shares.shape[1]})
        own = [[i for i, member in enumerate(group) if member == k] for k in members]
        depth = max(map(len, own), default=0)
        self.pieces = np.array([[places[d] if d < len(places) else len(group) for places in own] for d in range(depth)])
        self.member = np.array([members.index(member) for member in group if member in members])
        self.shares = np.ascontiguousarray(shares[:, members].T)
        self.held = np.empty((*self.pieces.shape, len(shares)))
        self.total, *self.further = self.held
        self.factors = np.empty((len(group), len(shares)))

    def scale(self, weights: Floats, own: Floats) -> None:
        """Brings the sum of each member's pieces to its share; where they are 0 they stay so. `own` is piece x case,
        changed in place; `weights` the same with a row of zeros, for members that have fewer pieces than another."""
        weights.take(self.pieces, axis=0, out=self.held, mode="clip")
        total = self.total
        for one in self.further:
            np.add(total, one, out=total)
        np.maximum(total, LEAST, out=total)
        np.divide(self.shares, total, out=total)
        total.take(self.member, axis=0, out=self.factors, mode="clip")
        np.multiply(own, self.factors, out=own)


def fitted(seeds: Floats, *margins: tuple[Floats, Sequence[int]]) -> Floats:
    """Case x piece, from the seeds of that shape. A margin is (case x member, the member of each piece)."""
    weights = np.zeros((seeds.shape[1] + 1, len(seeds)))
    own = weights[:-1]
    own[:] = seeds.T
    sides = [Margin(shares, group) for shares, group in margins if shares.shape[1] and group]
    for _ in range(ROUNDS):
        for side in sides:
            side.scale(weights, own)
    return np.ascontiguousarray(own.T)
