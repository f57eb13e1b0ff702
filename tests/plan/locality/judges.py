"""What an edit may change: each judge raises AssertionError for a call that changed without leave, and gives the
figures for the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compiler.plan.plan import Plan
from tests.plan.locality.difference import FLAG, Difference
from tests.plan.locality.least import customers_moved, links_moved, moved
from tests.plan.locality.shots import Shot, in_bytes

Some = Callable[[Difference], set[str]]  # -> call ids
Judge = Callable[[Difference, "Big"], "Row"]
Big = Callable[[], tuple[Plan, Plan]]  # before and after the edit in a plan of many calls, made when asked for
Days = frozenset[str]  # dates as the records have them
nowhere: Days = frozenset()


@dataclass(frozen=True)
class Row:
    """A line of the table. `bound`: how many calls may change, or the least that must."""

    changed: float
    bound: float
    goal: str
    calls: int

    @property
    def ratio(self) -> float:
        return self.changed / self.bound if self.bound else 1.0


def linked(d: Difference) -> set[str]:
    """The entries of the record that a link, or another customer, brings along."""
    kept = [name for name in d.new.model.customers.keeps if any(f.id == name for f in d.new.model.fields)]
    found = {"customer_id", "customer_name", "ANI", "follows"}
    if any(f.id == FLAG for f in d.new.model.fields):
        found |= d.new.reading(*kept, "intent", FLAG) | {FLAG}
    return found | d.new.reading(*kept)


def same(d: Difference, big: Big) -> Row:
    """Nothing changes: the records' bytes and order, the prompts, and all that later stages are told."""
    assert list(d.old.bytes.items()) == list(d.new.bytes.items())
    assert d.whole == set()
    assert d.old.prompts == d.new.prompts
    return Row(0, 0, "none", len(d.kept))


def other(d: Difference, big: Big) -> Row:
    """Not one call is as it was."""
    assert not d.kept
    return Row(len(d.added), len(d.new.records), "all", len(d.new.records))


def retells(expected: Some) -> Judge:
    """No record changes, and the prompts of exactly these calls do."""

    def judge(d: Difference, big: Big) -> Row:
        assert list(d.old.bytes.items()) == list(d.new.bytes.items())
        wanted = expected(d)
        assert wanted, "the edit is to reach some prompts"
        assert d.retold == wanted
        assert d.whole <= wanted
        return Row(len(d.retold), len(wanted), "exactly these", len(d.kept))

    return judge


def exactly(must: Some, *fields: str, may: Some | None = None, value: Callable[[Shot, Shot, str], bool] | None = None,
            links: bool = False, told: Some | None = None, days: Days | None = nowhere) -> Judge:  # fmt: skip
    """`must` change, in `fields` and what reads them; `may` besides them; and with `links` those that a link gained or
    lost leads to, in nothing but what a link brings along. All others keep every byte; and all that later stages are
    told, but that follow-ups of the changed ones hear of them, and `told`. `value(old, new, call)`: whether the new
    value is the one that the edit asks for. Calls come and go on `days` only (None: on any)."""

    def judge(d: Difference, big: Big) -> Row:
        wanted = must(d)
        allowed = wanted | (may(d) if may else set())
        gone = {d.new.records[c]["date"] for c in d.added} | {d.old.records[c]["date"] for c in d.removed}
        assert days is None or gone <= days, f"calls came or went on {sorted(gone)}"
        assert wanted <= set(d.changed), f"{len(wanted - set(d.changed))} calls should change"
        own = d.new.reading(*fields) | d.old.reading(*fields) if fields else set()
        reached = d.reached(allowed & set(d.changed)) if links else allowed
        assert set(d.changed) <= reached, f"{len(set(d.changed) - reached)} calls changed without a reason"
        for call, names in d.changed.items():
            leave = (own if call in allowed else set()) | (linked(d) if links else set())
            assert names <= leave, f"{call} changed in {sorted(names - leave)}"
        if value is not None:
            assert all(value(d.old, d.new, call) for call in wanted)
        heard = {shot.slot.get(call, call) for call in d.changed for shot in (d.old, d.new)}
        assert d.whole <= set(d.changed) | heard | (told(d) if told else set())
        return Row(len(d.changed), len(reached & set(d.kept)), "exactly these", len(d.kept))

    return judge


def nobody(d: Difference) -> set[str]:
    return set()


def of(**values: str) -> Some:
    """The calls that have these values in either plan."""

    def some(d: Difference) -> set[str]:
        return {call for call in d.kept for shot in (d.old, d.new)
                if all(shot.records[call].get(name) == value for name, value in values.items())}

    return some


def on(*dates: str) -> Some:
    return lambda d: {call for call in d.kept if d.old.records[call]["date"] in dates}


def beside(name: str) -> Judge:
    """The record has the field `name` or has it no more; all else in it is as it was, byte by byte."""

    def judge(d: Difference, big: Big) -> Row:
        more = d.new if any(f.id == name for f in d.new.model.fields) else d.old
        for call, record in more.records.items():
            rest = {key: value for key, value in record.items() if key != name}
            fewer = d.old if more is d.new else d.new
            assert in_bytes(rest) == fewer.bytes[call]
        assert not (d.added or d.removed)
        assert set(d.changed) == {call for call, record in more.records.items() if name in record}
        return Row(0, 0, "no other field", len(d.kept))

    return judge


def crowd(before: int, goal: float) -> Judge:
    """With more customers than `before`, calls go to new ones, and to nobody else but where the new one is busy."""

    def judge(d: Difference, big: Big) -> Row:
        newer = {c for c in d.kept if int(d.new.records[c]["customer_id"][1:]) > before}
        aside = {c for c in d.changed if "customer_id" in d.changed[c]} - newer
        assert len(aside - d.reached(newer)) <= 0.01 * len(d.kept)
        exactly(lambda d: newer, may=lambda d: aside, links=True)(d, big)
        other, firsts, share = customers_moved(*big())
        must = share * firsts
        assert other <= goal * must, f"{other} first contacts have another customer, {must:.0f} must"
        return Row(other, must, f"<= {goal:g} x least", firsts)

    return judge


def anywhere(d: Difference) -> set[str]:
    return set(d.kept)


def least(name: str, goal: float, *, where: Some = anywhere, only: Callable[[str, str], bool] | None = None,
          links: bool = False, told: Some | None = None, reads: tuple[str, ...] = ()) -> Judge:  # fmt: skip
    """The drawn field `name` changes in at most `goal` times the calls that no way of drawing could spare, counted
    in a plan of many calls; no call outside `where` changes, and nothing but the field and what reads it.
    `only(old, new)`: whether a call may move from that member to this one."""

    def judge(d: Difference, big: Big) -> Row:
        exactly(nobody, name, *reads, may=where, links=links, told=told)(d, big)
        found = moved(*big(), name)
        assert found.least > 250, f"{found.least:.0f} calls that must change are too few to tell"
        assert found.calls <= goal * found.least, f"{found.calls} calls changed, {found.least:.0f} had to"
        if only is not None:
            assert all(only(one, two) for one, two in found.ways), found.ways
        return Row(found.calls, found.least, f"<= {goal:g} x least", found.count)

    return judge


def grown(share: float, *, most: float = 0.03) -> Judge:
    """Each day has more calls (share > 0) or fewer: they come or go at its end, and links move in few of the others."""

    def judge(d: Difference, big: Big) -> Row:
        assert not (d.removed if share > 0 else d.added)
        exactly(nobody, links=True, may=lambda d: d.moved_links, days=None)(d, big)
        other, kept = links_moved(*big())
        assert other <= most * kept, f"the links of {other} of {kept} calls moved"
        return Row(other, most * kept, f"links: <= {most:.0%} of calls", kept)

    return judge
