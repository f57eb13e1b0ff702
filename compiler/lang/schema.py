"""Which words may stand where: block kinds, their settings, the types of those, and a line of documentation each.

One table feeds the checks, did-you-mean, hover and the reference page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Says = Literal["starts", "effects", "only when", "is", "rows", "within"]


@dataclass(frozen=True, slots=True)
class Setting:
    """`name: value`. `type` is a reader of values.py. `guarded`: may stand again with `when`. `of`: `hours of Night:`,
    one setting a name. `many`: may stand several times (a sequence)."""

    name: str
    type: str
    doc: str
    required: bool = False
    guarded: bool = False
    of: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`id`: whether a name follows the words. `inside`: the kinds it may stand in; "" is the top of a file."""

    words: str
    doc: str
    id: Literal["needed", "none"] = "needed"
    settings: tuple[Setting, ...] = ()
    says: frozenset[Says] = frozenset()
    inside: tuple[str, ...] = ("",)
    any_text: bool = False  # settings of any name, all texts

    def setting(self, name: str) -> Setting | None:
        return next((setting for setting in self.settings if setting.name == name), None)


def _says(*what: Says) -> frozenset[Says]:
    return frozenset(what)


_CAUSE = _says("effects", "only when")

_WHEN = (
    Setting("on", "dates", "the dates or stretches of dates when it happens"),
    Setting("on every", "weekdays", "the weekdays on which it happens"),
    Setting("day of month", "month days", "the days of each month on which it happens"),
    Setting("happens", "count", "how many random days it happens on; `on any` says among which"),
    Setting("on any", "weekdays", "the weekdays among which the random days are drawn"),
    Setting("hours", "hours", "the hours of the day in which it holds"),
    Setting("calls", "calls", "a factor for the calls of those days that it is about: a share, a range, or a ramp"),
    Setting("open", "hours", "opening hours on those days"),
)


def _event(words: str, doc: str) -> Kind:
    return Kind(words, doc, "needed", _WHEN, _CAUSE, ("", "calendar"))


EVENTS = ("holiday", "payday", "incident", "campaign", "wait peak", "aftermath")

_ALL = (
    Kind(
        "dataset", "names the dataset and says which days it covers",
        settings=(
            Setting("edition", "count", "a number to raise when the dataset is to be drawn afresh"),
            Setting("seed", "count", "where all chance starts; the same seed gives the same dataset", required=True),
            Setting("from", "date", "the first day", required=True),
            Setting("to", "date", "the last day (it belongs to the period)", required=True),
            Setting("time zone", "text", "the time zone of all times, such as \"Europe/Zurich\""),
        ),
    ),
    Kind(
        "calendar", "the weekend, opening hours, and all events", "none",
        settings=(
            Setting("weekend", "weekdays", "which weekdays are the weekend"),
            Setting("open", "hours", "opening hours", guarded=True),
            Setting("calls", "factor", "a factor for the calls of such days", guarded=True),
        ),
    ),
    _event("holiday", "a public holiday"),
    _event("payday", "the day when salaries arrive"),
    _event("incident", "something that goes wrong on certain or random days"),
    _event("campaign", "a stretch of days with a marketing campaign"),
    _event("wait peak", "days on which the queue is overloaded"),
    Kind(
        "aftermath", "the days after the event that it stands in",
        settings=(
            Setting("lasts", "days", "how many days it lasts", required=True),
            Setting("hours", "hours", "the hours of the day in which it holds"),
            Setting("calls", "calls", "a factor for the calls of those days"),
        ),
        says=_CAUSE, inside=("holiday", "payday", "incident", "campaign", "wait peak"),
    ),
    Kind(
        "volume", "how many calls a day has", "none",
        settings=(
            Setting("workday calls", "amount of calls", "calls on a working day", required=True),
            Setting("weekend calls", "amount of calls", "calls on a day of the weekend", required=True),
            Setting("scale", "factor", "a factor for all days, to make a small dataset of a large spec"),
            Setting("by weekday", "factor", "a factor for each weekday, one a line below", of=True),
            Setting("arrivals", "arrivals", "how a day's number varies: exact, poisson, or `gamma, cv 0.1`"),
        ),
    ),
    Kind(
        "choice", "a field with one of several values",
        settings=(
            Setting("hours of", "hours", "the hours that a value stands for", of=True),
            Setting("how many", "how many", "how many values a call has, such as `one 70%, two 20%, three 10%`"),
        ),
        says=_says("starts", "effects", "only when"),
    ),
    Kind(
        "customers", "the people who call", "none",
        settings=(
            Setting("population", "count of some",
                    "how many customers there are; the fewer, the more often each of them calls", required=True),
            Setting("keeps", "kept fields", "what is drawn once for each customer and stays"),
            Setting("numbers", "number ranges", "which telephone numbers they have, such as \"reserved DE\""),
        ),
    ),
    Kind(
        "persona", "a kind of customer, drawn by weight",
        settings=(
            Setting("weight", "weight", "how often, relative to the other personas"),
            Setting("tone", "text", "how such a customer speaks"),
        ),
        says=_CAUSE,
    ),
    Kind(
        "team", "agents who work together; the lines in it hold for all of them",
        settings=(Setting("language", "language", "the language that the team speaks"),),
        says=_CAUSE,
    ),
    Kind(
        "agent", "a person who answers calls",
        settings=(
            Setting("team", "team", "the agent's team, for an agent that does not stand inside one"),
            Setting("gender", "gender", "how the agent is heard: female, male or neutral", required=True),
            Setting("voice", "voice", "a voice of the standard cast", required=True),
            Setting("language", "language", "the language that the agent speaks, where it is not the team's"),
            Setting("share", "day share", "the agent's part of the calls: `workday 12%, weekend 9%`", required=True),
            Setting("works", "works", "how the agent's calls spread over the shifts", required=True, guarded=True),
            Setting("from", "date", "the agent's first day"),
            Setting("to", "date", "the agent's last day"),
        ),
        says=_CAUSE, inside=("team", ""),
    ),
    Kind(
        "customer voices", "which voices customers have", "none",
        settings=(
            Setting("female", "voices", "voices for women"),
            Setting("male", "voices", "voices for men"),
            Setting("never same as", "agent.voice", "`agent.voice`: a customer never has the voice of the agent"),
        ),
    ),
    Kind(
        "locale", "texts and label files of a language",
        settings=(
            Setting("labels", "text", "a file with the labels of header lines"),
            Setting("values", "text", "a file with the words for values"),
            Setting("greeting", "text", "how agents greet; may hold places such as {agent.label}"),
        ),
        any_text=True,
    ),
    Kind(
        "audio", "how recordings are made", "none",
        settings=(
            Setting("sample rate", "count", "samples a second"),
            Setting("hold music", "text", "a sound file to play on hold, beside the spec; without one, music is made"),
            Setting("overlaps", "share", "how many speaker changes overlap a little"),
            Setting("overlap length", "lengths", "the shortest and longest overlap, such as `150ms..600ms`"),
            Setting("overlap at most", "share", "how much of the turn before may be overlapped"),
            Setting("agent side", "left", "`left`: the agent is the left channel"),
            Setting("customer side", "right", "`right`: the customer is the right channel"),
            Setting("voices", "voice map", "an engine's own voice for a voice of the cast: `nova \"Kore\"`"),
        ),
    ),
    Kind(
        "upload", "where finished recordings are sent",
        settings=tuple(
            Setting(name, "upload value", doc)
            for name, doc in (
                ("url", "the server's address"),
                ("project", "the project that receives the recordings"),
                ("pipeline", "the pipeline that works on them"),
                ("storage", "the storage back end that keeps them"),
                ("retries", "how often a failed sending is tried again"),
                ("pause", "how long to wait before trying again"),
                ("connect timeout", "how long to wait for the server to answer"),
                ("read timeout", "how long to wait for its reply"),
                ("values", "`ids`, `labels` or `localised`: how category values are written"),
                ("direction", "which way the calls went, `in` or `out`"),
                ("disconnect reason", "the reason given for the end of the call"),
                ("channel map", "the channel map, a JSON text"),
                ("certificate checks", "whether the server's certificate is checked"),
            )
        ),
    ),
    Kind(
        "scenario", "how a call goes, phase by phase; drawn by weight",
        settings=(
            Setting("weight", "weight", "how often, relative to the other scenarios"),
            Setting("dialogue", "yes or no", "`no`: such a call has a record and nothing is spoken"),
        ),
        says=_CAUSE,
    ),
    Kind(
        "phase", "a stretch of the conversation",
        settings=(
            Setting("agent must", "acts", "what the agent does here", guarded=True, many=True),
            Setting("agent must not", "acts", "what the agent must not do here", guarded=True, many=True),
            Setting("customer", "text", "what the customer does here", guarded=True, many=True),
            Setting("hold", "share of hold", "the part of hold here: `100% of Hold_time`", guarded=True, many=True),
            Setting("amount", "spoken amount", "an amount of money that is spoken of", guarded=True, many=True),
            Setting("handed to", "team", "from here an agent of that team speaks", guarded=True, many=True),
            Setting("recording", "recording", "what becomes of the recording here: paused or stops", guarded=True,
                    many=True),
        ),
        says=_says("only when"), inside=("scenario",),
    ),
    Kind("act", "something that agents do, told in its label; many are there already (see Acts)"),
    Kind(
        "kpi", "a measured number; its unit is that of its `starts` line",
        settings=(Setting("decimals", "count", "how many decimals it is rounded to; 0 makes whole numbers"),),
        says=_says("starts", "effects", "only when", "within"),
    ),
    Kind(
        "flag", "a yes-or-no fact with a chance",
        settings=(
            Setting("comes true within", "length", "a later call of the customer makes it true"),
            Setting("same", "same fields", "what the later call takes over", guarded=True),
            Setting("at most", "count", "how often in a row it may come true for one customer (1)"),
        ),
        says=_says("starts", "effects", "only when", "within"),
    ),
    Kind(
        "checks", "a group of things that an agent passes or fails; one line each, with its chance to pass",
        says=_says("effects", "only when", "within", "rows"),
    ),
    Kind(
        "check", "one line of `checks`",
        settings=(Setting("shown by", "act", "the act that is left out in a call that fails it"),),
        says=_says("starts", "effects", "only when", "within"), inside=("checks",),
    ),
    Kind("decide", "a field decided by the first row that fits", says=_says("rows", "only when")),
    Kind("fact", "a value computed from others", says=_says("is", "only when")),
    Kind("overlay", "says that this file belongs to an overlay; `overlay Demo over Base` lies over another one"),
)  # fmt: skip

KINDS: Mapping[str, Kind] = {kind.words: kind for kind in _ALL}

TOP = tuple(kind.words for kind in _ALL if "" in kind.inside)


def kind_of(words: tuple[str, ...]) -> tuple[Kind, int] | None:
    """The kind that a header's words begin with, and how many of them name it; None where they name none."""
    for length in (2, 1):
        kind = KINDS.get(" ".join(words[:length]))
        if kind is not None and len(words) >= length:
            return kind, length
    return None
