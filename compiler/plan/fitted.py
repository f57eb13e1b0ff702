"""Weights + margins -> the weights that keep the margins, by iterative proportional fitting (Deming and Stephan 1940).

Rows are cases on their own. A fixed number of rounds and `+ * /` in a fixed order give the same bits on every machine;
the arrays have one row a piece and are made once, as a round is short.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compiler.rng import Floats

ROUNDS = 400


class Margin:
    """Case x member shares, and the member of each piece. Members without a piece have nothing to scale."""

    def __init__(self, shares: Floats, group: Sequence[int]) -> None:
        members = sorted({member for member in group if 0 <= member < shares.shape[1]})
        own = [[i for i, member in enumerate(group) if member == k] for k in members]
        depth = max(map(len, own), default=0)
        self.pieces = np.array([[places[d] if d < len(places) else len(group) for places in own] for d in range(depth)])
        self.member = np.array([members.index(member) for member in group if member in members])
        self.shares = np.ascontiguousarray(shares[:, members].T)
        self.held = np.empty((*self.pieces.shape, len(shares)))
        self.factor = np.empty(self.shares.shape)
        self.factors = np.empty((len(group), len(shares)))

    def scale(self, weights: Floats) -> None:
        """Brings the sum of each member's pieces to its share, in place; where they are 0 they stay so. `weights` are
        piece x case with a row of zeros at the end, which stands where a member has fewer pieces than another."""
        weights.take(self.pieces, axis=0, out=self.held, mode="clip")
        total = self.held[0]
        for one in self.held[1:]:
            total += one
        self.factor.fill(0.0)
        np.divide(self.shares, total, out=self.factor, where=total > 0)
        self.factor.take(self.member, axis=0, out=self.factors, mode="clip")
        own = weights[:-1]
        own *= self.factors


def fitted(seeds: Floats, *margins: tuple[Floats, Sequence[int]]) -> Floats:
    """Case x piece, from the seeds of that shape. A margin is (case x member, the member of each piece)."""
    weights = np.zeros((seeds.shape[1] + 1, len(seeds)))
    weights[:-1] = seeds.T
    sides = [Margin(shares, group) for shares, group in margins if shares.shape[1] and group]
    for _ in range(ROUNDS):
        for side in sides:
            side.scale(weights)
    return np.ascontiguousarray(weights[:-1].T)
