"""A stretch of the plan: some consecutive calls with all their columns, as every reader of many calls takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compiler.plan.frame import Frame
from compiler.rng import Keys

if TYPE_CHECKING:
    from compiler.plan.plan import Plan


@dataclass(frozen=True)
class Part:
    """Rows in order of (date, n), all columns of the fields drawn.

    `first` is the place of the first row in the plan, 0..count-1. `frame.columns` has besides the fields: `day`
    (index into plan.days), `n`, `customer` (index into plan.people), `start_ms` (local milliseconds since midnight)
    and, where a choice has `how many`, `<field>:all` (row x place, -1 for none). `follows[row]` is the key (`who`) of
    the call that the row follows where `followed[row]`.
    """

    plan: Plan
    frame: Frame
    first: int
    follows: Keys
    followed: NDArray[np.bool_]

    @property
    def count(self) -> int:
        return self.frame.count
