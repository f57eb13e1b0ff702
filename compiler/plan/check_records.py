"""Is what was planned what the spec allows? Columns are checked at once, records in files one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from compiler.lang import model as m
from compiler.plan.draws import LEAST

if TYPE_CHECKING:
    from compiler.plan.plan import Plan


def check_columns(plan: Plan) -> list[str]:
    """What is wrong with the plan's columns, a sentence each; empty when all is well."""
    found = [message for f in plan.model.fields if f.id in plan.frame.columns for message in _column(f, plan)]
    return found + _identity(plan)


def _column(f: m.Field, plan: Plan) -> list[str]:
    values = plan.frame.columns[f.id]
    there = plan.frame.masks.get(f.id, np.ones(len(values), dtype=bool))
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


def _identity(plan: Plan) -> list[str]:
    """Names of files are unique, and nobody whose flag is false calls again."""
    columns = plan.frame.columns
    second = columns["day"] * 86_400 + columns["start_ms"] // 1000
    keys = np.stack([columns["agent_name"], second, columns["customer"]], axis=1)
    found = [] if len(np.unique(keys, axis=0)) == len(keys) else ["two calls share agent, second and customer"]
    if len(np.unique(plan.frame.who)) != len(plan.frame.who):
        found.append("two calls share an identity")
    return found


def _said(wrong: Any, text: str) -> list[str]:
    count = int(np.count_nonzero(wrong))
    return [f"{text} ({count} calls)"] if count else []


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
