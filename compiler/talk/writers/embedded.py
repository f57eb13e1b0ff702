"""The embedded writer: Call -> Dialogue without a network, over the phrase books in locales/<tag>/phrases/.

Every label of the record is audible by construction, no line is said twice in a call, and everything that is chosen
depends on the call's key and on the text of what could be chosen, so that a new phrase moves only the calls it wins.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler.catalog import available, load
from compiler.files import digest
from compiler.talk.dialogue import Dialogue
from compiler.talk.header import canonical
from compiler.talk.writer import Job, WriterSettings
from compiler.talk.writers import _embedded_book as books
from compiler.talk.writers import _embedded_close as close
from compiler.talk.writers import _embedded_open as start
from compiler.talk.writers import _embedded_scenes as scenes
from compiler.talk.writers._embedded_facts import Facts
from compiler.talk.writers._embedded_marks import lay_out
from compiler.talk.writers._embedded_stage import Stage
from compiler.talk.writers._embedded_values import values

VERSION = "1"
MUCH = 6  # points of extra load from which a call leaves out what it may


def open(settings: WriterSettings) -> Embedded:
    """The writer; `settings.folders` are the locale folders, whose phrase books its fingerprint covers."""
    return Embedded(settings)


@dataclass(frozen=True)
class Embedded:
    settings: WriterSettings
    name: str = "embedded"
    generator: str = "embedded"
    wants_prompt: bool = False
    concurrency: int = 1

    def fingerprint(self) -> str:
        """Version, and the hash of every phrase book in the locale folders."""
        marks = []
        for tag in available(self.settings.folders):
            locale = load(tag, self.settings.folders)
            paths = locale.files("phrases/*.yml")
            marks.append(tag + "".join(digest(path.read_bytes()) for path in paths))
        return f"embedded {VERSION} {digest(' '.join(marks).encode())[:16]}"

    def write(self, job: Job) -> Dialogue:
        """WorldError where the locale has no phrase book or a broken one; Quarantined where the labels cannot be
        shown."""
        stage = prepared(job)
        start.opening(stage)
        start.reason(stage)
        scenes.play(stage)
        close.result(stage)
        close.closing(stage)
        return Dialogue(canonical(job.entries), lay_out(stage), job.locale.tag)


def prepared(job: Job) -> Stage:
    """An empty stage that knows the call, the locale's phrases and what holds."""
    facts, book = Facts(job.call), books.load(job.locale)
    known = values(facts, book, job.locale)
    known["brand"] = job.locale.texts.get("brand", "")
    heavy = load_of(facts) >= MUCH
    holds = facts.conditions(known["customer"], heavy) | {
        "branded" if known["brand"] else "unbranded",
        "known" if book.has(f"scenarios.{facts.text('scenario')}") else "unknown"}
    return Stage(facts, book, job.locale, known, holds)


def load_of(facts: Facts) -> int:
    """How much has to be said beside the matter itself, in turns or so."""
    return (4 * facts.transfers + 2 * facts.interruptions + 2 * (len(facts.intents) - 1)
            + 3 * bool(facts.flag("language_switch")) + 2 * bool(facts.flag("automation_action_present"))
            + 2 * bool(facts.flag("pii_disclosure_flag")) + 2 * bool(facts.call.earlier))


__all__ = ["VERSION", "Embedded", "open"]
