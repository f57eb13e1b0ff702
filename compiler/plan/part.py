"""A stretch of the plan: some consecutive calls with all their columns, as every reader of many calls takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from compiler.plan.frame import Frame
from compiler.plan.stream import Block
from compiler.rng import Keys

if TYPE_CHECKING:
    from compiler.plan.plan import Plan


@dataclass(frozen=True)
class Part:
    """Rows in order of (date, n), all columns of the fields drawn.

    `first` is the place of the first row in the plan, 0..count-1. `frame.columns` has besides the fields: `day`
    (index into plan.days), `n`, `customer` (index into plan.people), `start_ms` (local milliseconds since midnight)
    and, where a choice has `how many`, `<field>:all` (row x place, -1 for none). `follows[row]` is the key (`who`) of
    the call that the row follows where `followed[row]`. `block` has how the rows came to be: see stream.py.
    """

    plan: Plan
    frame: Frame
    first: int
    follows: Keys
    followed: NDArray[np.bool_]
    block: Block = field(repr=False)

    @property
    def count(self) -> int:
        return self.frame.count


def part_of(plan: Plan, block: Block) -> Part:
    return Part(plan, block.frame, block.row - plan.first_row, block.first, block.before > 0, block)


def cut(blocks: Iterable[Block], size: int) -> Iterator[Block]:
    """The same rows, `size` at a time; the last has the rest."""
    held: list[Block] = []
    count = 0
    for block in blocks:
        at = 0
        while count + block.frame.count - at >= size:
            held.append(block.take(slice(at, at + size - count)))
            at += size - count
            yield joined(held)
            held, count = [], 0
        if at < block.frame.count:
            held.append(block.take(slice(at, block.frame.count)))
            count += held[-1].frame.count
    if held:
        yield joined(held)


def joined(blocks: list[Block]) -> Block:
    """Blocks that follow one another as one."""
    if len(blocks) == 1:
        return blocks[0]
    one, frames = blocks[0], [block.frame for block in blocks]
    frame = Frame(sum(f.count for f in frames), np.concatenate([f.who for f in frames]), one.frame.scope,
                  one.frame.days)
    frame.columns = {name: np.concatenate([f.columns[name] for f in frames]) for name in one.frame.columns}
    frame.masks = {name: np.concatenate([f.masks[name] for f in frames]) for name in one.frame.masks}
    before, first, rule, wave = (np.concatenate([getattr(block, name) for block in blocks])
                                 for name in ("before", "first", "rule", "wave"))
    fates = {flag: np.concatenate([block.fates[flag] for block in blocks]) for flag in one.fates}
    taken = {name: np.concatenate([block.taken[name] for block in blocks]) for name in one.taken}
    return Block(one.row, frame, before, first, rule, wave, fates, taken)
