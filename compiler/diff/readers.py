"""Two worlds -> which calls read a text that differs: at least all whose prompts may differ though their records do
not. Records say the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from compiler.diff.columns import Columns, Which
from compiler.diff.outside import Files
from compiler.diff.rows import Rows, Truths
from compiler.diff.world import World
from compiler.lang import canon
from compiler.lang import model as m
from compiler.rng import Keys

Rule = Callable[[Rows, Which], Truths]  # (rows of the new side, which of them) -> which read it
HANDED_ON = ("agent_name", "intent", "FCR")  # what a follow-up's prompt says of the call before it
REMEMBERED = 8  # stretches for which changed calls are kept: a follow-up comes within some days


class Readers:
    """`rules` are about the call itself, `told` about what its follow-up says of it."""

    def __init__(self, old: World, new: World) -> None:
        self.old, self.new = old, new
        self.a, self.b = old.model, new.model
        self.people = Columns(old.plan, new.plan).people
        self.told = list(self._told())
        self.rules = [*self.told, *self._rules()]
        self.before: list[Keys] = []

    def reading(self, old: Rows, new: Rows, left: Which, right: Which, fields: Mapping[str, Truths]) -> Truths:
        """Which of the calls on both sides may have another prompt; `fields`: where their records differ."""
        found = np.zeros(len(new.who[right]), dtype=bool)
        for rule in self.rules:
            found |= rule(new, right)
        if not self.people.same:
            found |= self.people.genders(old, new, left, right)
        found |= self._followers(old, new, left, right, fields)
        return found

    def _followers(self, old: Rows, new: Rows, left: Which, right: Which, fields: Mapping[str, Truths]) -> Truths:
        handed = np.zeros(len(new.who[right]), dtype=bool)
        for name in HANDED_ON:
            handed |= fields.get(name, handed)
        for rule in self.told:
            handed |= rule(new, right)
        self.before = [*self.before[-REMEMBERED:], new.who[right][handed]]
        return np.asarray(new.followed[right] & np.isin(new.follows[right], np.concatenate(self.before)))

    # -------------------------------------------------------------------------------- what its follow-up says, too

    def _told(self) -> Iterator[Rule]:
        agents = {x.id for x in self.a.agents for y in self.b.agents if x.id == y.id and x.label != y.label}
        if agents:
            yield self._members("agent_name", agents)
        intents = self._relabelled("intent")
        if intents:
            yield self._members("intent", intents)

    # -------------------------------------------------------------------------------- everything else

    def _rules(self) -> Iterator[Rule]:
        if self._everywhere():
            yield _every
            return
        for f in self.b.fields:
            changed = self._relabelled(f.id)
            if changed and f.kind in ("choice", "decide") and f.id not in ("agent_name", "team"):
                yield self._members(f.id, changed)
            elif changed and f.kind == "number":
                yield _every
        yield from self._about_agents()
        yield from self._about_scenarios()
        yield from self._about_events()
        personas = _changed(self.a.personas, self.b.personas)
        if personas:
            yield self._members("persona", personas)
        tags = {tag for tag in self._locale_tags() if tag}
        if tags:
            yield self._languages(lambda layers: bool(tags & set(layers)))

    def _everywhere(self) -> bool:
        """Texts that any prompt may hold: the brand, labels and docs of fields, templates."""
        def texts(model: m.Model) -> object:
            return model.dataset.label, [(f.id, f.label, f.doc, f.shown_by, f.currency) for f in model.fields]

        return texts(self.a) != texts(self.b) or bool(Files.templates(self.old, self.new).differing)

    def _relabelled(self, name: str) -> set[str]:
        one, two = self.old.words.members.get(name, {}), self.new.words.members.get(name, {})
        return {member for member in one.keys() & two.keys() if one[member] != two[member]}

    def _about_agents(self) -> Iterator[Rule]:
        def known(model: m.Model) -> dict[str, object]:
            teams = {team.id: team.label for team in model.teams}
            return {agent.id: (agent.label, agent.gender, agent.gender == "neutral" and agent.voice,
                               teams.get(agent.team)) for agent in model.agents}

        one, two = known(self.a), known(self.b)
        changed = {name for name in one.keys() & two.keys() if one[name] != two[name]}
        if changed:
            yield self._members("agent_name", changed)
        if one != two or {a.id: a.team for a in self.a.agents} != {a.id: a.team for a in self.b.agents}:
            yield _transferred  # another colleague may take over

    def _about_scenarios(self) -> Iterator[Rule]:
        changed = _changed(self.a.scenarios, self.b.scenarios)
        acts = _changed(self.a.acts, self.b.acts) | {x.id for x in self.a.acts} ^ {x.id for x in self.b.acts}
        events = (self.a.calendar, self.a.dataset.first, self.a.dataset.last) != (
            self.b.calendar, self.b.dataset.first, self.b.dataset.last)
        for scenario in self.b.scenarios:
            lines = [line for phase in scenario.phases for line in phase.lines]
            guards = [*(line.guard for line in lines), *(phase.only_when for phase in scenario.phases)]
            read = {name for guard in guards for name in canon.names_read(guard)}
            if acts & {act for line in lines for act in line.acts} or (
                    events and read & {e.id for e in (*self.a.calendar.events, *self.b.calendar.events)}):
                changed.add(scenario.id)
            if events and read & {"weekend", "workday", "holiday"}:
                changed.add(scenario.id)
        if changed:
            yield self._members("scenario", changed)

    def _about_events(self) -> Iterator[Rule]:
        """Calls on days of an event that is not the same on both sides."""
        one, two = ({e.id: e for e in model.calendar.events} for model in (self.a, self.b))
        changed = {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)}
        period = (self.a.dataset.first, self.a.dataset.last) != (self.b.dataset.first, self.b.dataset.last)
        drawn = {e.id for e in (*one.values(), *two.values()) if e.happens is not None or e.after is not None}
        names = changed | drawn if changed or period else set()
        on = {int(date) for world in (self.old, self.new) for name in names & world.plan.days.events.keys()
              for date in world.plan.days.date[world.plan.days.events[name]]}
        if on:
            dates = np.array(sorted(on))
            yield lambda rows, which: np.isin(rows.date[which], dates)

    def _locale_tags(self) -> Iterator[str]:
        """The layers of locales in which something differs."""
        one, two = ({block.tag: dict(block.settings) for block in model.locales} for model in (self.a, self.b))
        yield from (tag for tag in one.keys() | two.keys() if one.get(tag) != two.get(tag))
        yield from (name.partition("/")[0] for name in Files.locales(self.old, self.new).differing)
        if Files.named(self.old, self.new).differing:
            yield from two

    # -------------------------------------------------------------------------------- rules

    def _members(self, name: str, members: set[str]) -> Rule:
        """Calls in which the choice has one of the members."""
        if name not in self.new.plan.scope.members and name != "agent_name":
            return lambda rows, which: np.zeros(len(rows.who[which]), dtype=bool)
        ids = self.new.plan.scope.ids(name)[1]
        table = np.array([one in members for one in ids] + [False])

        def rule(rows: Rows, which: Which) -> Truths:
            several = rows.frame.columns.get(f"{name}:all")
            found = table[rows.frame.columns[name][which]]
            return np.asarray(found if several is None else found | table[several[which]].any(axis=1))

        return rule

    def _languages(self, fits: Callable[[tuple[str, ...]], bool]) -> Rule:
        """Calls whose locale has a layer that differs, on either side."""
        ids = self.new.plan.scope.members.get("language", ())
        table = [any(fits(world.locale(one).layers) for world in (self.old, self.new)) for one in (*ids, "en")]

        def rule(rows: Rows, which: Which) -> Truths:
            codes = rows.frame.columns.get("language")
            if codes is None:
                return np.full(len(rows.who[which]), table[-1])
            return np.asarray(np.array(table)[codes[which]])

        return rule


def _every(rows: Rows, which: Which) -> Truths:
    return np.ones(len(rows.who[which]), dtype=bool)


def _transferred(rows: Rows, which: Which) -> Truths:
    count = rows.frame.columns.get("Transfers_count")
    return np.zeros(len(rows.who[which]), dtype=bool) if count is None else np.asarray(count[which] > 0)


def _changed(old: tuple[m.Scenario, ...] | tuple[m.Persona, ...] | tuple[m.Act, ...],
             new: tuple[m.Scenario, ...] | tuple[m.Persona, ...] | tuple[m.Act, ...]) -> set[str]:
    """The ids of what is on both sides and not equal."""
    before = {each.id: each for each in old}
    return {each.id for each in new if each.id in before and before[each.id] != each}
