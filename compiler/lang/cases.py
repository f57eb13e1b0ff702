"""Conditions as cases: can two hold together, do some hold always? Decided by going through the finite cases that
the conditions can tell apart; too many of them are not decided (None)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from compiler.lang import acts
from compiler.lang import model as m
from compiler.lang.show import constant, expression

MOST = 40_000  # cases to go through before giving up

Case = Mapping[str, object]
Domain = Callable[[str], Sequence[str]]  # the values of a choice


def overlap(first: m.Expr, second: m.Expr, domain: Domain) -> Case | bool | None:
    """A case in which both hold; False where there is none; None where that was not decided."""
    cases = _cases((first, second), domain)
    if cases is None:
        return None
    return next((case for case in cases if holds(first, case) and holds(second, case)), False)


def uncovered(guards: Sequence[m.Expr], given: m.Expr | None, domain: Domain) -> Case | bool | None:
    """A case (in which `given` holds) that none of the guards takes; False where all are taken; None: not decided."""
    cases = _cases((*guards, *([given] if given is not None else [])), domain)
    if cases is None:
        return None
    left = (case for case in cases if given is None or holds(given, case))
    return next((case for case in left if not any(holds(guard, case) for guard in guards)), False)


def always(guard: m.Expr, domain: Domain) -> bool | None:
    """True, False, or None where it depends (or was not decided)."""
    cases = _cases((guard,), domain)
    if cases is None:
        return None
    first, *_ = (holds(guard, case) for case in itertools.islice(cases, 1))
    return first if all(holds(guard, case) == first for case in cases) else None


def _cases(guards: Sequence[m.Expr], domain: Domain) -> Iterator[dict[str, object]] | None:
    """All combinations of what the guards can tell apart."""
    axes: dict[str, list[object]] = {}
    cuts: dict[str, set[float]] = {}
    for guard in guards:
        _axes(guard, domain, axes, cuts)
    for name, values in cuts.items():
        ordered = sorted(values)
        between = [(low + high) / 2 for low, high in itertools.pairwise(ordered)]
        axes[name] = [ordered[0] - 1, *ordered, *between, ordered[-1] + 1]
    count = 1
    for choices in axes.values():
        count *= max(len(choices), 1)
        if count > MOST:
            return None
    names = sorted(axes)
    return (dict(zip(names, combination, strict=True)) for combination in itertools.product(*(axes[n] for n in names)))


def _axes(guard: m.Expr, domain: Domain, axes: dict[str, list[object]], cuts: dict[str, set[float]]) -> None:
    match guard:
        case m.Ref("workday" | "weekend"):
            axes["weekend"] = [False, True]
        case m.Ref(name):
            axes[name] = [False, True]
        case m.Is(name, members):
            known = list(domain(name))
            axes[f"{name} is"] = [*known, *(member for member in members if member not in known)]
        case m.Compare(_, left, m.Constant(value)):
            cuts.setdefault(expression(left), set()).add(value)
        case m.SameAs() | m.Compare():
            axes[expression(guard)] = [False, True]
        case m.Not(inner):
            _axes(inner, domain, axes, cuts)
        case m.All(parts) | m.Either(parts):
            for part in parts:
                _axes(part, domain, axes, cuts)


def holds(guard: m.Expr, case: Case) -> bool:
    """Whether the condition holds in the case."""
    match guard:
        case m.Ref("workday"):
            return not case["weekend"]
        case m.Ref(name):
            return bool(case[name])
        case m.Is(name, members):
            return case[f"{name} is"] in members
        case m.Compare(op, left, m.Constant(value)):
            return _compare(op, float(case[expression(left)]), value)  # type: ignore[arg-type]  # cuts are floats
        case m.SameAs() | m.Compare():
            return bool(case[expression(guard)])
        case m.Not(inner):
            return not holds(inner, case)
        case m.All(parts):
            return all(holds(part, case) for part in parts)
        case m.Either(parts):
            return any(holds(part, case) for part in parts)
    return True


def _compare(op: str, left: float, right: float) -> bool:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
    return left != right


def words(case: Case, guards: Sequence[m.Expr]) -> str:
    """The case as a sentence, as far as the guards name it."""
    said: list[str] = []
    for name, value in sorted(case.items()):
        if isinstance(value, bool):
            said.append(name if value else f"not {name}")
        elif name.endswith(" is"):
            said.append(f"{name.removesuffix(' is')} {value}")
        elif isinstance(value, float | int):
            said.append(_figure(name, float(value), guards))
    return " and ".join(said)


def _figure(name: str, value: float, guards: Sequence[m.Expr]) -> str:
    """`AWT 121s`: the figure in the unit that the guards compare with."""
    for guard in guards:
        unit = _unit(name, guard)
        if unit is not None:
            return f"{name} {constant(m.Constant(value, unit.unit, unit.currency))}"
    return f"{name} {value:g}"


def _unit(name: str, guard: m.Expr) -> m.Constant | None:
    match guard:
        case m.Compare(_, left, m.Constant() as right) if expression(left) == name:
            return right
        case m.Not(inner):
            return _unit(name, inner)
        case m.All(parts) | m.Either(parts):
            return next((found for found in (_unit(name, part) for part in parts) if found is not None), None)
    return None


def domain_of(model_domain: Callable[[str], Mapping[str, object] | None]) -> Domain:
    """A Domain from Names.domain; weekdays and genders are always known."""

    def find(name: str) -> Sequence[str]:
        fixed = {"weekday": acts.WEEKDAYS, "agent.gender": acts.GENDERS}.get(name)
        return fixed if fixed is not None else sorted(model_domain(name) or {})

    return find
