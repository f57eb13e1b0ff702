"""The fields of a Model as text: their blocks, and the lines about them that stand in other blocks."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.lang import canon
from compiler.lang import model as m
from compiler.lang.pretty_rows import Row, Rows, Said, docs, indented, listed, when
from compiler.lang.show import clock, constant, expression, figure, hundredfold, quoted, seconds

_ELSEWHERE = ("agent_name", "team", "scenario", "persona")  # fields whose lines stand in the blocks of their values
_WORDS: dict[str, m.FieldKind] = {
    "choice": "choice", "kpi": "number", "flag": "flag", "checks": "check", "decide": "decide", "fact": "fact",
}  # fmt: skip


class FieldText:
    """Writes the fields of one model. Lines whose ramp counts from an event or agent that their condition does not
    name stand in the block of that event or agent."""

    def __init__(self, model: m.Model) -> None:
        self.origins = model.origins
        self.fields = {field.id: field for field in model.fields}
        self.events = {event.id for event in model.calendar.events}
        self.agents = {agent.id for agent in model.agents}
        self.away: dict[str, list[tuple[m.Field, m.Effect]]] = {}  # by the block in which they have to stand
        for field in model.fields:
            for effect in field.effects:
                home = self._home(effect)
                if home is not None:
                    self.away.setdefault(home, []).append((field, effect))
        self.moves: dict[tuple[str, str | None], list[tuple[int, m.Effect]]] = {}  # by (field, member), with its place
        for name in _ELSEWHERE:
            for place, effect in enumerate(self.fields[name].effects if name in self.fields else ()):
                if self._home(effect) is None:
                    self.moves.setdefault((name, effect.member), []).append((place, effect))
        self.works: dict[str, list[m.Start]] = {}  # by agent
        for start in self.fields["agent_shift"].starts if "agent_shift" in self.fields else ():
            for agent in _of_agents(start.guard):
                self.works.setdefault(agent, []).append(start)

    # ------------------------------------------------------------------------------------------- own blocks

    def blocks(self, word: str) -> list[Rows]:
        """All blocks that begin with `word`, sorted by id."""
        own = [field for field in self.fields.values() if field.kind == _WORDS[word] and field.id not in _ELSEWHERE]
        if word != "checks":
            return [self._block(word, field) for field in own]
        groups = sorted({field.group for field in own if field.group})
        return [self._checks(group, [field for field in own if field.group == group]) for group in groups]

    def _said(self, name: str) -> Said:
        return Said(self.origins, "field", name)

    def _block(self, word: str, field: m.Field) -> Rows:
        said = self._said(field.id)
        rows: Rows = []
        for member in field.members:
            if member.hours:
                hours = ", ".join(f"{clock(start)}..{clock(end)}" for start, end in member.hours)
                rows.append(Row(f"hours of {member.id}{_label(member)}: {hours}", said.at("hours of", member.id)))
        if field.how_many:
            words = ("one", "two", "three", "four", "five")
            pairs = [f"{words[k - 1]} {hundredfold(share)}%" for k, share in field.how_many]
            rows.append(said.row("how many", ", ".join(pairs)))
        if field.decimals is not None:
            rows.append(said.row("decimals", field.decimals))
        rows += said.only_when(field.only_when)
        if field.id != "agent_shift":  # its starts are the agents' `works` lines
            for start in field.starts:
                rows += self._start(start, field)
        rows += self._decide(field)
        if field.value is not None:
            rows.append(Row(f"is {expression(field.value)}", said.at("is")))
        rows += self._rest(field)
        return [*said.header(word, field.id, field.label, field.doc), *indented(rows)]

    def _rest(self, field: m.Field) -> Rows:
        said = self._said(field.id)
        rows = self._effects(field)
        if field.within is not None:
            low, high = (constant(m.Constant(end, _unit(field), field.currency)) for end in field.within)
            group = Said(self.origins, "checks", field.group or "")
            place = said.at("stays within") or group.at("stays within")
            rows.append(Row(f"stays within {low}..{high}", place))
        if field.shown_by:
            rows.append(said.row("shown by", field.shown_by))
        if field.follow_up is not None:
            rows += _follow_up(field.follow_up, said)
        return rows

    def _checks(self, group: str, checks: Sequence[m.Field]) -> Rows:
        """Each check with its own lines; what was said of the group stands at each of them."""
        rows: Rows = []
        for check in checks:
            name = check.id.rpartition(".")[2]
            label = f" {quoted(check.label)}" if check.label != name.replace("_", " ") else ""
            first, *others = check.starts
            rows += docs(check.doc)
            chance = f"{name}{label}: {expression(first.parameters[0][1])}{when(first.guard)}"
            rows.append(Row(chance, first.span or self._said(check.id).at()))
            own = [row for start in others for row in self._start(start, check)]
            rows += indented([*self._said(check.id).only_when(check.only_when), *own, *self._rest(check)])
        return [*Said(self.origins, "checks", group).header("checks", group), *indented(rows)]

    def _start(self, start: m.Start, field: m.Field) -> Rows:
        parameters = [f"{name} {_parameter(value)}" for name, value in start.parameters]
        match start.kind:
            case "shares" | "weights":
                number = figure if start.kind == "weights" else (lambda share: f"{hundredfold(share)}%")
                members = {member.id: member for member in field.members}
                shares = dict(start.shares)
                order = [member.id for member in field.members if member.id in shares]
                pairs = [(name, f"{name}{_label(members[name])}: {number(shares[name])}") for name in order]
                words = "weights" if start.kind == "weights" else "one of"
                first = Row(f"starts as {words}{when(start.guard)}", start.span)
                return [first, *indented(listed(self.origins, start.span, pairs))]
            case "chance" | "constant":
                return [Row(f"starts at {expression(start.parameters[0][1])}{when(start.guard)}", start.span)]
        return [Row(f"starts as {', '.join([start.kind, *parameters])}{when(start.guard)}", start.span)]

    def _decide(self, field: m.Field) -> Rows:
        members = {member.id: _label(member) for member in field.members}
        rows: Rows = []
        for row in field.rows:
            otherwise = "otherwise " if row.guard is None else ""
            if len(row.shares) == 1 and row.shares[0][1] == 1.0:
                name = row.shares[0][0]
                rows.append(Row(f"{otherwise}{name}{members[name]}{when(row.guard)}", row.span))
            else:
                rows.append(Row(f"{otherwise}one of{when(row.guard)}", row.span))
                pairs = [(name, f"{name}{members[name]}: {hundredfold(share)}%") for name, share in row.shares]
                rows += indented(listed(self.origins, row.span, pairs))
        return rows

    # ------------------------------------------------------------------------------------------- effects

    def _effects(self, field: m.Field) -> Rows:
        """The field's effects, as they stand in its own block."""
        rows: Rows = []
        for effect in field.effects:
            if self._home(effect) is None:
                rows.append(self._effect(field, effect, effect.member or "", effect.guard))
        return rows

    def _effect(self, field: m.Field, effect: m.Effect, head: str, guard: m.Expr | None) -> Row:
        amount, verb = effect.amount, "rises by"
        if effect.op == "add" and _negative(amount):
            amount, verb = _positive(amount), "falls by"
        verb = {"multiply": "is multiplied by", "becomes": "becomes"}.get(effect.op, verb)
        points = effect.op == "add" and moves_by_points(field, effect.member)
        return Row(f"{head} {verb} {expression(amount, points)}{when(guard)}".lstrip(), effect.span)

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
        field = self.fields[name]
        said = Said(self.origins, name, member)
        rows = [said.row(word, figure(dict(field.starts[0].shares)[member]))]
        rows += next((said.only_when(each.only_when) for each in field.members if each.id == member), [])
        return rows + self._member_effects(field, member, word)

    def _member_effects(self, field: m.Field, member: str, word: str) -> Rows:
        first = field.members[0].id  # what is said of the rest stands in the first block
        found = [(place, word, effect) for place, effect in self.moves.get((field.id, member), ())]
        if member == first:
            found += [(place, f"{field.id}.rest", each) for place, each in self.moves.get((field.id, "rest"), ())]
        ordered = sorted(found, key=lambda one: one[0])
        return [self._effect(field, effect, head, effect.guard) for _, head, effect in ordered]

    def agent_rows(self, agent: str) -> Rows:
        """Share, shifts, condition and share effects of one agent."""
        field = self.fields["agent_name"]
        said = Said(self.origins, "agent", agent)
        rows = [said.row("share", self._share(field, agent))]
        me = m.Is("agent_name", (agent,))
        for start in self.works.get(agent, ()):
            works = ", ".join(f"{name} {hundredfold(share)}%" for name, share in start.shares)
            rows.append(said.row("works", works, without(start.guard, me)))
        rows += next((said.only_when(each.only_when) for each in field.members if each.id == agent), [])
        return rows + self._member_effects(field, agent, "share")

    def _share(self, field: m.Field, agent: str) -> str:
        def written(start: m.Start) -> str:
            number = dict(start.shares)[agent]
            return figure(number) if start.kind == "weights" else f"{hundredfold(number)}%"

        by_day = {canon.key(start.guard): start for start in field.starts}
        if "" in by_day:
            return written(by_day[""])
        return f"workday {written(by_day['workday'])}, weekend {written(by_day['weekend'])}"


def _of_agents(guard: m.Expr | None) -> list[str]:
    """The agents whose own line has this condition."""
    parts = guard.parts if isinstance(guard, m.All) else (guard,)
    return [part.members[0] for part in parts
            if isinstance(part, m.Is) and part.name == "agent_name" and len(part.members) == 1]  # fmt: skip


def _parameter(value: m.Expr) -> str:
    """A distribution's parameter: sums and products need no brackets, anything looser does."""
    return expression(value)


def _label(member: m.Member) -> str:
    return f" {quoted(member.label)}" if member.label != member.id.replace("_", " ") else ""


def _unit(field: m.Field) -> m.Unit:
    return m.Unit.SHARE if field.kind in ("flag", "check") else field.unit


def _follow_up(follow: m.FollowUp, said: Said) -> Rows:
    rows = [said.row("comes true within", seconds(follow.within_seconds))]
    rows += [said.row("same", ", ".join(names), guard) for names, guard in follow.same]
    return rows + ([said.row("at most", follow.at_most)] if follow.at_most != 1 else [])


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
