"""The stage: what has been said so far, and the only way to say more. No line is said twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from compiler import rng
from compiler.catalog import Locale
from compiler.failures import Quarantined
from compiler.plan.call import Speaker
from compiler.talk.dialogue import Hold, Silence, Transfer, Wait
from compiler.talk.writers._embedded_book import Book, Line, Step
from compiler.talk.writers._embedded_facts import CHECK_OF, Facts
from compiler.talk.writers._embedded_grammar import expand, parse, tidy, without

AMOUNTS = frozenset({"sum", "amount"})  # what nobody names where the record says that no amount is at stake
SALTS = 8  # how often the alternatives of a phrase are drawn anew before a connector is put in front


@dataclass(frozen=True, slots=True)
class Piece:
    """Something said: one turn, or a part of it. `mark` is "", "interrupts" or "backchannel"."""

    speaker: str
    text: str
    act: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A place where the agent looks something up: hold or silence may come here. `scene` is its number, -1 none."""

    kind: str
    scene: int = -1


Part = Piece | Pause | Wait | Hold | Silence | Transfer


@dataclass
class Stage:
    """Mutable while one call is written; nothing of it is shared."""

    facts: Facts
    book: Book
    locale: Locale
    values: dict[str, str]
    conditions: frozenset[str]
    parts: list[Part] = field(default_factory=list)
    agent: Speaker = field(init=False)
    scene: int = -1
    handed: int = 0
    broken: list[str] = field(default_factory=list)  # the interruptions that there were
    shown: set[str] = field(default_factory=set)  # behaviours that the customer has shown
    _absent: frozenset[str] = field(init=False)
    _said: set[str] = field(default_factory=set)
    _sources: set[str] = field(default_factory=set)
    _shy: dict[str, list[re.Pattern[str]]] = field(init=False)

    def __post_init__(self) -> None:
        self.agent = self.facts.call.agent
        self._absent = AMOUNTS if "no_amount" in self.conditions else frozenset()
        self._shy = {check: self.evidence(check.lower()) for act, check in CHECK_OF.items() if self.facts.fails(act)}

    @property
    def key(self) -> int:
        return self.facts.call.key

    def u(self, *names: str | int) -> float:
        return rng.u(self.key, *names)

    def evidence(self, check: str) -> list[re.Pattern[str]]:
        """What shows that a check was passed, by the locale."""
        return [re.compile(pattern, re.IGNORECASE) for pattern in self.locale.evidence.get(check, ())]

    def betrays(self, text: str) -> bool:
        """The agent's text shows something that a failed check says is missing. A greeting is one at the start only."""
        begun = any(isinstance(part, Piece) and part.speaker == "customer" for part in self.parts)
        return any(pattern.search(text) for check, patterns in self._shy.items() if not (begun and check == "Greeting")
                   for pattern in patterns)

    @property
    def heavy(self) -> bool:
        """So much has to happen in this call that what may be left out is."""
        return "heavy" in self.conditions

    def holds(self, when: frozenset[str]) -> bool:
        return when <= self.conditions

    # ------------------------------------------------------------------------------------------------ saying

    def say(self, speaker: str, key: str, act: str, mark: str = "", **moment: str) -> Piece:
        """One of the lines under `key`, as the next part. Quarantined where none of them may be said."""
        piece = self.piece(speaker, key, act, mark, **moment)
        self.parts.append(piece)
        return piece

    def piece(self, speaker: str, key: str, act: str, mark: str = "", **moment: str) -> Piece:
        """Like `say`, for a place that the caller chooses."""
        return Piece(speaker, self._choose(self.book.lines(key), speaker, key, act, moment), act, mark)

    def phrase(self, key: str, **moment: str) -> str:
        """A line as it stands inside another: its first letter as the phrase book has it."""
        inside = self.book.find("words.after_colon") != "capital"
        return self._choose(self.book.lines(key), "agent", key, "", moment, inside)

    def listen(self, speaker: str) -> None:
        """Before `speaker` raises something new: where they spoke last themselves, the other one reacts first."""
        last = self.parts[-1] if self.parts else None
        other = "customer" if speaker == "agent" else "agent"
        if isinstance(last, Piece) and last.speaker == speaker:
            content = last.act in ("confirm_solved", "acknowledge", "automation", "self_service")
            glad = other == "agent" and content and self.facts.mood != "annoyed"
            self.say(other, "flow.glad" if glad else f"flow.ack.{other}", "acknowledge")

    def step(self, step: Step, act: str, **moment: str) -> None:
        """A spoken step of an exchange."""
        text = self._choose(step.lines, step.role, step.name, act, moment)
        self.parts.append(Piece(step.role, text, act))

    def text(self, speaker: str, text: str, act: str) -> None:
        """A text that comes from the spec (its greeting), said as it is."""
        self._said.add(text.lower())
        self.parts.append(Piece(speaker, text, act))

    def exchange(self, key: str, act: str, reply: Callable[[], bool] | None = None, **moment: str) -> None:
        """All steps under `key`; `reply` may take over the step that is marked as the customer's answer."""
        self._run(self.book.steps(key), act, reply, moment)

    def _run(self, steps: Iterable[Step], act: str, reply: Callable[[], bool] | None, moment: dict[str, str]) -> None:
        for step in steps:
            if not self.holds(step.when):
                continue
            if step.pause:
                self.parts.append(Pause(step.pause, self.scene))
            elif step.ways:
                ways = [way for way in step.ways if self.holds(way[0].when)]
                self._run(min(ways, key=lambda way: (rng.key(self.key, step.name, _source(way)), _source(way))),
                          act, reply, moment)
            elif not (step.reply and reply is not None and reply()):
                self.step(step, act, **moment)

    # ------------------------------------------------------------------------------------------------ choosing

    def _choose(self, lines: tuple[Line, ...], speaker: str, name: str, act: str, moment: dict[str, str],
                inside: bool = False) -> str:
        fitting = [line for line in lines if self.holds(line.when) and without(line.nodes, self._absent)]
        order = sorted(fitting, key=lambda line: (rng.key(self.key, name, line.source), line.source))
        for before in self._openings(speaker, name):
            for salt in range(SALTS):
                for line in order:
                    if salt == 0 and not before and line.source in self._sources:
                        continue
                    text = self._expanded(line, f"{name}~{salt}" if salt else name, moment, capital=not inside)
                    text = tidy(f"{before} {self._low(text)}") if before else text
                    if self._may(speaker, text, act):
                        self._sources.add(line.source)
                        self._said.add(text.lower())
                        return text
        raise Quarantined(f"the phrases `{name}` of locale {self.book.tag} hold nothing that this call may say "
                          f"(act {act}); add a variant in {self.book.place(name)}")

    def _openings(self, speaker: str, name: str) -> Iterator[str]:
        """Nothing before the phrase; then the connectors, in keyed order."""
        yield ""
        yield from rng.ranked(self.book.words(f"flow.connect.{speaker}"), self.key, name, "connect")

    def _expanded(self, line: Line, name: str, moment: dict[str, str], capital: bool) -> str:
        def value(slot: str, path: str) -> str:
            if slot in moment:
                return moment[slot]
            if slot in self.values:
                return self.values[slot]
            source = min(self.book.words(f"words.parts.{slot}"), key=lambda one: (rng.key(self.key, path, one), one))
            return expand(parse(source), self.key, path, value, self._absent)

        return tidy(expand(line.nodes, self.key, name, value, self._absent), capital)

    def _low(self, text: str) -> str:
        """The text as it goes on after a connector: small where it begins with a word that is only big at a start."""
        first = text.split(" ", 1)[0].rstrip(",").lower()
        return text[:1].lower() + text[1:] if first in self.book.words("words.lowered") else text

    def _may(self, speaker: str, text: str, act: str) -> bool:
        if text.lower() in self._said:
            return False
        if speaker != "agent":
            return True
        if act in CHECK_OF and not self.facts.fails(act):
            proof = self.evidence(CHECK_OF[act].lower())
            if proof and not any(pattern.search(text) for pattern in proof):
                return False
        return not self.betrays(text)

    # ------------------------------------------------------------------------------------------------ looking back

    def spoken(self) -> str:
        """All that was said so far, in small letters."""
        return "\n".join(part.text.lower() for part in self.parts if isinstance(part, Piece))

    def did(self, act: str) -> bool:
        return any(isinstance(part, Piece) and part.act == act for part in self.parts)

    def take_over(self, colleague: Speaker) -> None:
        """From here `colleague` is the agent."""
        self.agent = colleague
        self.values = {**self.values, "agent": colleague.label}


def _source(steps: Iterable[Step]) -> str:
    """What the keyed choice between exchanges looks at: all their phrases."""
    return " / ".join(line.source for step in steps for line in step.lines)
