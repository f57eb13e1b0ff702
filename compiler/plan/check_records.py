"""Is what was planned what the spec allows? Columns are checked part by part, records in files one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.counting import counted
from compiler.lang import model as m
from compiler.plan.draws import LEAST
from compiler.plan.frame import Frame

if TYPE_CHECKING:
    from compiler.plan.part import Part
    from compiler.plan.plan import Plan


def check_columns(plan: Plan) -> list[str]:
    """What is wrong with the plan's columns, a sentence each; empty when all is well."""
    check = Checker(plan.model)
    return [message for part in plan.parts() for message in check.columns(part)]


class Checker:
    """Takes the parts of one plan in their order."""

    def __init__(self, model: m.Model) -> None:
        self.fields = model.fields
        self.day = -1  # the last one of the part before
        self.keys: Any = np.zeros((0, 3), dtype=np.int64)  # agent, second, customer of its calls

    def columns(self, part: Part) -> list[str]:
        """What is wrong with the part's columns, a sentence each."""
        frame = part.frame
        found = [message for f in self.fields if f.id in frame.columns for message in _column(f, frame)]
        return [*found, *self._identity(frame)]

    def _identity(self, frame: Frame) -> list[str]:
        """Names of files are unique. Calls of two days never share one, so a day's names are kept and no more."""
        columns = frame.columns
        if not frame.count:
            return []
        second = columns["day"] * 86_400 + columns["start_ms"] // 1000
        keys = np.stack([columns["agent_name"], second, columns["customer"]], axis=1)
        if columns["day"][0] == self.day:
            keys = np.concatenate([self.keys, keys])
        self.day = int(columns["day"][-1])
        self.keys = keys[keys[:, 1] // 86_400 == self.day]
        found = [] if _distinct(keys) == len(keys) else ["two calls share agent, second and customer"]
        if len(np.unique(frame.who)) != len(frame.who):
            found.append("two calls share an identity")
        return found


def _distinct(keys: Any) -> int:
    """How many different rows."""
    order = np.lexsort(keys.T)
    return int(np.count_nonzero((np.diff(keys[order], axis=0) != 0).any(axis=1))) + 1


def _column(f: m.Field, frame: Frame) -> list[str]:
    values = frame.columns[f.id]
    there = frame.masks.get(f.id, np.ones(len(values), dtype=bool))
    if f.kind in ("choice", "decide"):
        wrong = (values < 0) == there
        return _said(wrong, f"{f.id} has no value, or has one where `only when` rules it out")
    if values.dtype == bool:
        return _said(values & ~there, f"{f.id} holds where it does not exist")
    found = _said(~np.isfinite(values), f"{f.id} is no number")
    if f.within is not None:
        least = LEAST.get(f.id, f.within[0])
        outside = ((values < f.within[0]) | (values > max(f.within[1], least))) & there
        found += _said(outside, f"{f.id} lies outside {f.within[0]:g}..{f.within[1]:g}")
    return found


def _said(wrong: Any, text: str) -> list[str]:
    count = int(np.count_nonzero(wrong))
    return [f"{text} ({counted(count, 'call')})"] if count else []


def validator(schema: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], list[str]]:
    """A function that lists what is wrong with a record by the schema; made once, used for all records."""
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator(dict(schema))

    def check(record: Mapping[str, Any]) -> list[str]:
        return sorted(map(_worded, checker.iter_errors(dict(record))))

    return check


def _worded(error: Any) -> str:
    place = ".".join(map(str, error.absolute_path)) or "record"
    return f"{place}: {'does not exist in a call over this channel' if error.validator == 'not' else error.message}"
