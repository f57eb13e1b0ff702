"""The fields of a Model as text: their blocks, and the lines about them that stand in other blocks."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.lang import canon
from compiler.lang import model as m
from compiler.lang.show import constant, expression, figure, hundredfold, quoted, seconds

Rows = list[str]
_ELSEWHERE = ("agent_name", "team", "scenario", "persona")  # fields whose lines stand in the blocks of their values
_WORDS: dict[str, m.FieldKind] = {
    "choice": "choice", "kpi": "number", "flag": "flag", "checks": "check", "decide": "decide", "fact": "fact",
}  # fmt: skip


class FieldText:
    """Writes the fields of one model. Lines whose ramp counts from an event or agent that their condition does not
    name stand in the block of that event or agent."""

    def __init__(self, model: m.Model) -> None:
        self.fields = {field.id: field for field in model.fields}
        self.events = {event.id for event in model.calendar.events}
        self.agents = {agent.id for agent in model.agents}
        self.away: dict[str, list[tuple[m.Field, m.Effect]]] = {}  # by the block in which they have to stand
        for field in model.fields:
            for effect in field.effects:
                home = self._home(effect)
                if home is not None:
                    self.away.setdefault(home, []).append((field, effect))

    # ------------------------------------------------------------------------------------------- own blocks

    def blocks(self, word: str) -> list[Rows]:
        """All blocks that begin with `word`, sorted by id."""
        own = [field for field in self.fields.values() if field.kind == _WORDS[word] and field.id not in _ELSEWHERE]
        if word != "checks":
            return [self._block(word, field) for field in own]
        groups = sorted({field.group for field in own if field.group})
        return [self._checks(group, [field for field in own if field.group == group]) for group in groups]

    def _block(self, word: str, field: m.Field) -> Rows:
        from compiler.lang.pretty import header, indented, only_when, stretches

        hours = [(member.id, _label(member), member.hours) for member in field.members if member.hours]
        rows = [f"hours of {name}{label}: {stretches(when)}" for name, label, when in hours]
        if field.how_many:
            words = ("one", "two", "three", "four", "five")
            pairs = [f"{words[k - 1]} {hundredfold(share)}%" for k, share in field.how_many]
            rows.append(f"how many: {', '.join(pairs)}")
        if field.decimals is not None:
            rows.append(f"decimals: {field.decimals}")
        rows += only_when(field.only_when)
        if field.id != "agent_shift":  # its starts are the agents' `works` lines
            for start in field.starts:
                rows += self._start(start, field)
        rows += self._decide(field)
        if field.value is not None:
            rows.append(f"is {expression(field.value)}")
        rows += self._rest(field)
        return [*header(word, field.id, field.label, field.doc), *indented(rows)]

    def _rest(self, field: m.Field) -> Rows:
        rows = self._effects(field)
        if field.within is not None:
            low, high = (constant(m.Constant(end, _unit(field), field.currency)) for end in field.within)
            rows.append(f"stays within {low}..{high}")
        if field.shown_by:
            rows.append(f"shown by: {field.shown_by}")
        if field.follow_up is not None:
            rows += _follow_up(field.follow_up)
        return rows

    def _checks(self, group: str, checks: Sequence[m.Field]) -> Rows:
        """Each check with its own lines; what was said of the group stands at each of them."""
        from compiler.lang.pretty import indented, only_when, when

        rows: Rows = []
        for check in checks:
            name = check.id.rpartition(".")[2]
            label = f" {quoted(check.label)}" if check.label != name.replace("_", " ") else ""
            first, *others = check.starts
            rows += [f"## {row}".rstrip() for row in check.doc.split("\n")] if check.doc else []
            rows.append(f"{name}{label}: {expression(first.parameters[0][1])}{when(first.guard)}")
            own = [row for start in others for row in self._start(start, check)]
            rows += indented([*only_when(check.only_when), *own, *self._rest(check)])
        return [f"checks {group}", *indented(rows)]

    def _start(self, start: m.Start, field: m.Field) -> Rows:
        from compiler.lang.pretty import indented, when

        parameters = [f"{name} {_parameter(value)}" for name, value in start.parameters]
        match start.kind:
            case "shares" | "weights":
                number = figure if start.kind == "weights" else (lambda share: f"{hundredfold(share)}%")
                members = {member.id: member for member in field.members}
                order = [member.id for member in field.members if member.id in dict(start.shares)]
                shares = dict(start.shares)
                list_ = [f"{name}{_label(members[name])}: {number(shares[name])}" for name in order]
                words = "weights" if start.kind == "weights" else "one of"
                return [f"starts as {words}{when(start.guard)}", *indented(list_)]
            case "chance" | "constant":
                return [f"starts at {expression(start.parameters[0][1])}{when(start.guard)}"]
        return [f"starts as {', '.join([start.kind, *parameters])}{when(start.guard)}"]

    def _decide(self, field: m.Field) -> Rows:
        from compiler.lang.pretty import indented, when

        members = {member.id: _label(member) for member in field.members}
        rows: Rows = []
        for row in field.rows:
            otherwise = "otherwise " if row.guard is None else ""
            if len(row.shares) == 1 and row.shares[0][1] == 1.0:
                name = row.shares[0][0]
                rows.append(f"{otherwise}{name}{members[name]}{when(row.guard)}")
            else:
                rows.append(f"{otherwise}one of{when(row.guard)}")
                rows += indented(f"{name}{members[name]}: {hundredfold(share)}%" for name, share in row.shares)
        return rows

    # ------------------------------------------------------------------------------------------- effects

    def _effects(self, field: m.Field) -> Rows:
        """The field's effects, as they stand in its own block."""
        rows = []
        for effect in field.effects:
            if self._home(effect) is None:
                rows.append(self._effect(field, effect, effect.member or "", effect.guard))
        return rows

    def _effect(self, field: m.Field, effect: m.Effect, head: str, guard: m.Expr | None) -> str:
        from compiler.lang.pretty import when

        amount, verb = effect.amount, "rises by"
        if effect.op == "add" and _negative(amount):
            amount, verb = _positive(amount), "falls by"
        verb = {"multiply": "is multiplied by", "becomes": "becomes"}.get(effect.op, verb)
        points = effect.op == "add" and moves_by_points(field, effect.member)
        return f"{head} {verb} {expression(amount, points)}{when(guard)}".lstrip()

    def said_in(self, block: str) -> Rows:
        """Effects on any field that have to stand in the block of this event or agent."""
        rows: Rows = []
        for field, effect in self.away.get(block, ()):
            head = f"{field.id}.{effect.member}" if effect.member else field.id
            own = m.Ref(block) if block in self.events else m.Is("agent_name", (block,))
            rows.append(self._effect(field, effect, head, without(effect.guard, own)))
        return rows

    def _home(self, effect: m.Effect) -> str | None:
        """The event or agent in whose block the effect must stand, because its ramp counts from there."""
        anchors = _anchors(effect.amount)
        if not anchors:
            return None
        parts = effect.guard.parts if isinstance(effect.guard, m.All) else (effect.guard,)
        named = {part.name for part in parts if isinstance(part, m.Ref) and part.name in self.events}
        agents = [part.members for part in parts if isinstance(part, m.Is) and part.name == "agent_name"]
        named |= {members[0] for members in agents if len(members) == 1}
        anchor = min(anchors)
        return None if named == {anchor} else anchor

    # ------------------------------------------------------------------------------------------- other blocks

    def member_rows(self, name: str, member: str, word: str) -> Rows:
        """The weight, condition and weight effects of one scenario or persona."""
        from compiler.lang.pretty import only_when

        field = self.fields[name]
        rows = [f"{word}: {figure(dict(field.starts[0].shares)[member])}"]
        rows += next((only_when(each.only_when) for each in field.members if each.id == member), [])
        return rows + self._member_effects(field, member, word)

    def _member_effects(self, field: m.Field, member: str, word: str) -> Rows:
        first = field.members[0].id  # what is said of the rest stands in the first block
        rows = []
        for effect in field.effects:
            if self._home(effect) is not None:
                continue
            if effect.member == member:
                rows.append(self._effect(field, effect, word, effect.guard))
            elif effect.member == "rest" and member == first:
                rows.append(self._effect(field, effect, f"{field.id}.rest", effect.guard))
        return rows

    def agent_rows(self, agent: str) -> Rows:
        """Share, shifts, condition and share effects of one agent."""
        from compiler.lang.pretty import only_when, when

        field = self.fields["agent_name"]
        rows = [self._share(field, agent)]
        me = m.Is("agent_name", (agent,))
        for start in self.fields["agent_shift"].starts if "agent_shift" in self.fields else ():
            parts = start.guard.parts if isinstance(start.guard, m.All) else (start.guard,)
            if me in parts:
                works = ", ".join(f"{name} {hundredfold(share)}%" for name, share in start.shares)
                rows.append(f"works: {works}{when(without(start.guard, me))}")
        rows += next((only_when(each.only_when) for each in field.members if each.id == agent), [])
        return rows + self._member_effects(field, agent, "share")

    def _share(self, field: m.Field, agent: str) -> str:
        def written(start: m.Start) -> str:
            number = dict(start.shares)[agent]
            return figure(number) if start.kind == "weights" else f"{hundredfold(number)}%"

        by_day = {canon.key(start.guard): start for start in field.starts}
        if "" in by_day:
            return f"share: {written(by_day[''])}"
        return f"share: workday {written(by_day['workday'])}, weekend {written(by_day['weekend'])}"


def _parameter(value: m.Expr) -> str:
    """A distribution's parameter: sums and products need no brackets, anything looser does."""
    return expression(value)


def _label(member: m.Member) -> str:
    return f" {quoted(member.label)}" if member.label != member.id.replace("_", " ") else ""


def _unit(field: m.Field) -> m.Unit:
    return m.Unit.SHARE if field.kind in ("flag", "check") else field.unit


def _follow_up(follow: m.FollowUp) -> Rows:
    from compiler.lang.pretty import when

    rows = [f"comes true within: {seconds(follow.within_seconds)}"]
    rows += [f"same: {', '.join(names)}{when(guard)}" for names, guard in follow.same]
    return rows + ([f"at most: {follow.at_most}"] if follow.at_most != 1 else [])


def moves_by_points(field: m.Field, member: str | None) -> bool:
    """Whether `rises by` on the field (or its member) takes percentage points."""
    if field.kind in ("flag", "check"):
        return True
    if member is not None:
        return not any(start.kind == "weights" for start in field.starts)
    return field.kind == "number" and field.unit is m.Unit.SHARE


def _negative(amount: m.Expr) -> bool:
    match amount:
        case m.Constant(value):
            return value < 0
        case m.Ramp(m.Constant(before), m.Constant(after)):
            return before <= 0 and after <= 0 and before + after < 0
    return False


def _positive(amount: m.Expr) -> m.Expr:
    match amount:
        case m.Constant(value, unit, currency):
            return m.Constant(-value, unit, currency)
        case m.Ramp(before, after, first, last, days, anchor):
            return m.Ramp(_positive(before), _positive(after), first, last, days, anchor)
    return amount


def _anchors(expr: m.Expr) -> set[str]:
    match expr:
        case m.Ramp(anchor=anchor) if anchor is not None:
            return {anchor}
        case m.Arith(_, left, right):
            return _anchors(left) | _anchors(right)
        case m.Apply(_, arguments):
            return set().union(*map(_anchors, arguments))
    return set()


def without(guard: m.Expr | None, part: m.Expr) -> m.Expr | None:
    """The condition without one of its parts."""
    parts = guard.parts if isinstance(guard, m.All) else (guard,)
    return canon.both(*(each for each in parts if each is not None and each != part))
