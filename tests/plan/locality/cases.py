# ruff: noqa: E501, I001  # a case is read as one line, and the judges as a list
"""The matrix: edits of the shipped specs and of a small one, each with what it may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.plan.locality.difference import FLAG, Difference
from tests.plan.locality.edits import add, both, change, commented, moved, nothing, split, turned, without
from tests.plan.locality.judges import (
    Judge, Row, anywhere, beside, crowd, exactly, grown, least, nobody, of, on, other, retells, same,
)  # fmt: skip
from tests.plan.locality.shots import Edit, Shot


@dataclass(frozen=True)
class Case:
    """`base`: which spec is edited. month: MusterBank's September; days: two weeks of it with an outage on 4 September;
    shop: shop.calls."""

    name: str
    base: str
    edit: Edit
    judge: Judge
    sets: tuple[str, ...] = ()  # for the plan of many calls after the edit


PAUL = "  agent Paul_Huber"
CHANNEL = "override choice channel\n"
SHARES = "  starts as one of\n    voice: {}%\n    text: {}%\n"
PRODUCTS = """override choice product
  override starts as weights when intent is Payment_Issue
"""
INTENT, INTENTS = "override choice intent\n", """  override starts as weights
    Online_Banking "Online-Banking": 25
    Card_Block: 10
    Payment_Issue: 15
    Transfer: 15
    Loan_Inquiry: 10
    Mortgage: 8
    Technical_Support: 17
    Fraud_Alert: 7
    Account_Statement: 6
    Card_Limit_Increase: 7
"""
NEW_AGENT = "    gender: female\n    voice: nova\n    share: workday 4%, weekend 3%\n    works: Early 30%, Mid 40%, Late 30%\n"


def rose(name: str, by: float, low: float, high: float) -> Callable[[Shot, Shot, str], bool]:
    """The number is higher by that much, or stopped at its bounds."""

    def right(old: Shot, new: Shot, call: str) -> bool:
        one, two = old.records[call][name], new.records[call][name]
        return two in (low, high) or one in (low, high) or abs(two - one - by) < 0.011

    return right


def volume(workday: int, weekend: int) -> Edit:
    return both(change("musterbank.calls", "workday calls: 300", f"workday calls: {workday}"),
                change("musterbank.calls", "weekend calls: 180", f"weekend calls: {weekend}"))


def both_of(*somes: Callable[[Difference], set[str]]) -> Callable[[Difference], set[str]]:
    return lambda d: set.intersection(*(some(d) for some in somes))


def either_of(*somes: Callable[[Difference], set[str]]) -> Callable[[Difference], set[str]]:
    return lambda d: set().union(*(some(d) for some in somes))


def weekdays(*names: str) -> Callable[[Difference], set[str]]:
    return either_of(*(of(weekday=name) for name in names))


def speaks_with(agent: str) -> Callable[[Difference], set[str]]:
    """The agent's own calls, those handed over to the agent, and follow-ups of the agent's calls."""

    def some(d: Difference) -> set[str]:
        own = of(agent_name=agent)(d)
        later = {d.old.slot[call] for call in own if call in d.old.slot}
        return own | later | {c for c in d.kept if agent in {one.id for one in d.old.calls[c].colleagues}}

    return some


def followed_up(d: Difference) -> set[str]:
    """Whose follow-up has come with the plan."""
    return {d.new.records[call]["follows"] for call in d.added} - {None}


def transferred(d: Difference) -> set[str]:
    return {call for call in d.kept if d.old.calls[call].colleagues}


APP_DOWN = frozenset({"2025-09-10"})
AUTUMN = frozenset(f"2025-09-{day}" for day in range(15, 20))
NOTHING = (
    Case("nothing", "days", nothing, same),
    Case("comments and blank lines", "month", commented, same),
    Case("blocks and agents in another order", "days", turned, same),
    Case("a file split into ten", "days", split, same),
    Case("an effect told in the team or in the kpi", "days", both(
        change("people.calls", "  AWT rises by 10s\n", ""),
        change("kpis.calls", "  rises by 20s when premium_wait_peak\n",
               "  rises by 20s when premium_wait_peak\n  rises by 10s when team is Team_B\n")), same),
    Case("members in another order", "days", change(
        "people.calls", "    ZH: 48%\n    BE: 18%\n", "    BE: 18%\n    ZH: 48%\n"), same),
    Case("seed kept, the dataset's edition and label new", "days", change(
        "musterbank.calls", "  edition: 1\n", "  edition: 2\n"), same),
    Case("seed changed", "days", change("musterbank.calls", "seed: 1848", "seed: 1849"), other),
)
LABELS = (
    Case("a member's label", "days", change("people.calls", 'BS "Basel"', 'BS "Basle"'), retells(of(region="BS", language="en"))),
    Case("an agent's label", "days", change("people.calls", "agent Peter_Keller\n", 'agent Peter_Keller "Pit Keller"\n'),
         retells(speaks_with("Peter_Keller"))),
    Case("a team's label", "days", change("people.calls", '"Team B"', '"The busy ones"'), retells(of(team="Team_B"))),
    Case("a persona's tone", "days", add("people.calls", 'override persona calm\n  tone: "slow and kind"\n'),
         retells(of(persona="calm"))),
    Case("shop: a line of a scenario's phase", "shop", change("shop.calls", "the price twice", "the price three times"),
         retells(lambda d: {c for c in d.kept if d.old.records[c]["AWT"] > 60.0})),
    Case("a locale's greeting", "days", change(
        "delivery.calls", "Good day, this is MusterBank, {agent.label} speaking.", "MusterBank, {agent.label}."),
        retells(lambda d: {c for c in of(language="en", channel="voice")(d)
                           if d.old.records[c]["compliance_flags"]["Greeting"] == "pass"})),
)
WEIGHT = (
    Case("a product's weight under a guard 55 -> 110", "days", add(
        "calls.calls", PRODUCTS + "    Card: 110\n    Transfer: 30\n    eBanking: 15\n"),
        least("product", 1.1, where=of(intent="Payment_Issue"), only=lambda one, two: two == "Card")),
    Case("a kept persona's weight 40 -> 48", "days", add("people.calls", "override persona calm\n  weight: 48\n"),
         least("persona", 1.1, only=lambda one, two: two == "calm")),
    Case("a scenario's weight 15 -> 22", "days", add("calls.calls", "override scenario Balance_check\n  weight: 22\n"),
         least("scenario", 1.1, only=lambda one, two: two == "Balance_check")),
    Case("a chance 50% -> 53%", "days", change("kpis.calls", "starts at 50%", "starts at 53%"),
         least("kb_article_used", 1.1)),
    Case("a chance that follow-ups read 78% -> 76%", "days", change("kpis.calls", "starts at 78%", "starts at 76%"),
         least("FCR", 1.1, links=True)),
    Case("a check's chance -3pp -> -5pp", "days", change("kpis.calls", "  falls by 3pp\n", "  falls by 5pp\n"),
         least("compliance_flags.Greeting", 1.1, reads=(
             "compliance_flags.Empathy", "compliance_flags.Summary", "compliance_flags.Farewell"))),
    Case("two shares trade: voice 90% -> 88%", "days", change(
        "calls.calls", CHANNEL, CHANNEL + SHARES.format(88, 12)), least("channel", 2.0, links=True)),
    Case("two shares trade: Supervisor 80% -> 72%", "days", change(
        "kpis.calls", "    Supervisor: 80%\n    Backoffice: 20%\n", "    Supervisor: 72%\n    Backoffice: 28%\n"),
        least("escalation", 2.0)),
    Case("two shares trade: NPS 7 and 8", "days", change(
        "kpis.calls", "    7: 20%\n    8: 25%\n", "    7: 23%\n    8: 22%\n"), least("NPS_score", 2.0)),
    Case("two kept shares trade: ZH and BE", "days", change(
        "people.calls", "    ZH: 48%\n    BE: 18%\n", "    ZH: 45%\n    BE: 21%\n"), least("region", 2.0)),
    Case("two agents' shares trade", "days", both(
        change("people.calls", "share: workday 12%, weekend 9%", "share: workday 10%, weekend 7%"),
        change("people.calls", "share: workday 13%, weekend 16%", "share: workday 15%, weekend 18%")),
        least("agent_name", 2.0, links=True, where=anywhere)),
    Case("an agent's shifts (fitted joint)", "days", change(
        "people.calls", "works: Early 45%, Mid 35%, Late 20%", "works: Early 30%, Mid 35%, Late 35%"),
        least("start", 2.0, where=of(agent_name="Monika_Mueller"), links=True)),
    Case("the time buckets of weekends (fitted joint)", "days", add(
        "calls.calls", "override choice time_of_day_bucket\n  when weekend\n    Evening falls by 8pp\n    Afternoon rises by 8pp\n"),
        least("start", 2.0, where=weekdays("Sat", "Sun"), links=True)),
)
MEMBERS = (
    Case("a member added", "days", add(
        "calls.calls", PRODUCTS + "    Card: 55\n    Transfer: 30\n    eBanking: 15\n    Crypto: 25\n"),
        least("product", 1.1, where=of(intent="Payment_Issue"), only=lambda one, two: two == "Crypto")),
    Case("a member removed", "days", add("calls.calls", PRODUCTS + "    Card: 55\n    Transfer: 30\n"),
         least("product", 1.1, where=of(intent="Payment_Issue"), only=lambda one, two: one == "eBanking")),
    Case("an intent added", "days", change(
        "calls.calls", INTENT, INTENT + INTENTS + "    Crypto: 6\n"),
        least("intent", 1.1, only=lambda one, two: two == "Crypto", links=True)),
    Case("a scenario added", "days", add(
        "calls.calls", "scenario Small_talk\n  weight: 8\n  phase opening\n    agent must: greet, give_name\n"),
        least("scenario", 1.1, only=lambda one, two: two == "Small_talk")),
    Case("a persona added", "days", add("people.calls", "persona rude\n  weight: 8\n"),
         least("persona", 1.1, only=lambda one, two: two == "rude")),
)
TEXT_B = both_of(of(team="Team_B"), of(channel="text"))
EFFECTS = (
    Case("an effect added", "days", change(
        "kpis.calls", "  falls by 5s when channel is text\n",
        "  falls by 5s when channel is text\n  rises by 30s when team is Team_B and channel is text\n"),
        exactly(TEXT_B, "AWT", value=rose("AWT", 30, 0, 600))),
    Case("an effect changed", "days", change("kpis.calls", "rises by 35s when outage", "rises by 50s when outage"),
         exactly(on("2025-09-04"), "AWT", value=rose("AWT", 15, 0, 600))),
    Case("an effect removed", "days", change("kpis.calls", "  rises by 20s when premium_wait_peak\n", ""),
         exactly(weekdays("Mon", "Thu"), "AWT", value=rose("AWT", -20, 0, 600))),
    Case("an effect on a member under a guard", "days", change(
        "calls.calls", "    voice rises by 5pp\n    text falls by 5pp\n", "    voice rises by 9pp\n    text falls by 9pp\n"),
        exactly(nobody, "channel", may=of(time_of_day_bucket="Night"), links=True)),
    Case("an effect on a chance that follow-ups read", "days", change("people.calls", "FCR falls by 7pp", "FCR falls by 12pp"),
         least("FCR", 1.1, where=of(team="Team_B"), links=True)),
    Case("an effect on a weight under an event", "days", change(
        "calls.calls", "  weight rises by 5 when outage\n", "  weight rises by 25 when outage\n"),
        exactly(nobody, "scenario", may=on("2025-09-04"))),
)
MOVED = moved("people.calls", PAUL, "## The busiest team")
AGENTS = (
    Case("an agent added, with shares of two", "days", both(
        change("people.calls", "share: workday 8%, weekend 6%", "share: workday 4%, weekend 3%"),
        change(
            "people.calls", 'team Team_C "Team C"\n', 'team Team_C "Team C"\n  agent Eva_Elm\n' + NEW_AGENT)),
        least("agent_name", 2.0, links=True, told=transferred, only=lambda one, two: one == "Lukas_Schmidt" or two == "Eva_Elm")),
    Case("an agent removed, another has the share", "days", both(
        without("people.calls", PAUL),
        change("people.calls", "voice: nova\n    share: workday 4%, weekend 4%", "voice: nova\n    share: workday 8%, weekend 8%")),
        least("agent_name", 2.0, links=True, told=transferred, only=lambda one, two: one == "Paul_Huber" or two == "Nina_Weber")),
    Case("an agent in another team", "days", MOVED, exactly(
        of(agent_name="Paul_Huber"), "agent_name", links=True, told=transferred)),
)
DAYS = (
    Case("a day added after", "days", change("september.calls", "to: 2025-09-14", "to: 2025-09-15"),
         exactly(nobody, FLAG, may=followed_up, days=frozenset({"2025-09-15"}))),
    Case("the period longer by two weeks", "days", change("september.calls", "to: 2025-09-14", "to: 2025-09-28"),
         exactly(nobody, FLAG, may=followed_up, days=frozenset(f"2025-09-{day}" for day in range(15, 29)))),
    Case("a day added before", "days", change("musterbank.calls", "from: 2025-09-01", "from: 2025-08-31"),
         exactly(nobody, links=True, days=frozenset({"2025-08-31"}))),
    Case("a closed day in between opened", "closed", without("musterbank.calls", "  holiday closed"),
         exactly(nobody, links=True, days=frozenset({"2025-09-10"}))),
    Case("the incident moved to another day", "days", change("musterbank.calls", "on: 2025-09-04", "on: 2025-09-09"),
         exactly(on("2025-09-04", "2025-09-09"), "AWT", "FCR", "compliance_flags.Empathy", "intent", "product",
                 "automation_action_present", "scenario",
                 may=on("2025-09-05", "2025-09-06", "2025-09-10", "2025-09-11"), links=True,
                 told=on(*(f"2025-09-{day}" for day in ("04", "05", "06", "09", "10", "11"))),
                 days=frozenset(f"2025-09-{day}" for day in ("04", "05", "06", "09", "10", "11")))),
    Case("volume +10%", "days", volume(330, 198), grown(0.1)),
    Case("volume -10%", "days", volume(270, 162), grown(-0.1)),
)
FIELDS = (
    Case("a choice added", "days", add("calls.calls", "choice branch\n  starts as one of\n    Old: 30%\n    New: 70%\n"),
         beside("branch")),
    Case("a flag added", "days", add("calls.calls", "flag a_new_flag\n  starts at 30%\n  rises by 5pp when FCR\n"),
         beside("a_new_flag")),
    Case("a number added", "days", add("kpis.calls", "kpi zeal\n  starts as normal, mean 5, sd 1\n"),
         beside("zeal")),
    Case("a fact added", "days", add("kpis.calls", "fact waited\n  is AWT + Hold_time when channel is voice\n"), beside("waited")),
    Case("a kept field added", "days", both(add(
        "people.calls", "choice loyalty\n  starts as one of\n    Low: 30%\n    High: 70%\n"),
        change("people.calls", "  population: 4_000\n",
               "  population: 4_000\n  keeps: ANI, region, language, customer_segment, persona, voice, loyalty\n")),
        beside("loyalty")),
    Case("a field removed", "days", add("kpis.calls", "remove flag language_switch\n"), beside("language_switch")),
)
PEOPLE = (
    Case("10% more customers", "days", change("people.calls", "4_000", "4_400"), crowd(4000, 1.15),
         sets=("volume.scale=900%", "customers.population=165_000")),
    Case("a kept segment's shares", "days", add(
        "people.calls", "override choice customer_segment\n  starts as one of\n    Premium: 30%\n    Standard: 70%\n"),
        least("customer_segment", 2.0, links=True)),
)
SHOP = (
    Case("shop: an event's hours", "shop", change("shop.calls", "hours: 10:00..15:00", "hours: 11:00..15:00"),
         exactly(lambda d: {c for c in on("2025-09-10")(d) if d.old.records[c]["start"][11:13] == "10"}, "AWT", days=APP_DOWN)),
    Case("shop: an event closes early", "shop", change(
        "shop.calls", "    hours: 10:00..15:00\n", "    hours: 10:00..15:00\n    open: 08:00..18:00\n"),
        exactly(lambda d: {c for c in on("2025-09-10")(d) if d.old.records[c]["start"][11:13] >= "18"}, "start",
                may=on("2025-09-10"), days=APP_DOWN)),
    Case("shop: opening hours of weekends", "shop", change(
        "shop.calls", "  open: 08:00..20:00\n", "  open: 08:00..20:00\n  open: 08:00..17:00 when weekend\n"),
        exactly(nobody, "start", may=weekdays("Sat", "Sun"))),
    Case("shop: an event's factor", "shop", change("shop.calls", "calls: 130%", "calls: 150%"),
         exactly(nobody, days=AUTUMN)),
    Case("shop: an event removed", "shop", without("shop.calls", "  campaign autumn"),
         exactly(nobody, told=on(*AUTUMN), days=AUTUMN)),
    Case("shop: volume +10%", "shop", change("shop.calls", "workday calls: 80", "workday calls: 88"),
         exactly(nobody, days=None)),
    Case("shop: 10% more customers", "shop", change("shop.calls", "3_000", "3_300"), exactly(
        lambda d: {c for c in d.kept if int(d.new.records[c]["customer_id"][1:]) > 3000}, "language", links=True)),
    Case("shop: an agent with a voice that customers had", "shop", change("shop.calls", "voice: onyx", "voice: ash"),
         lambda d, big: heard(d)),
)


def heard(d: Difference) -> Row:
    """Only customers who had the voice that an agent has now sound different; and the agent's own calls."""
    assert not d.changed
    had = {c for c in d.kept if d.old.calls[c].customer.voice == "ash" or d.new.calls[c].customer.voice == "onyx"}
    had |= of(agent_name="Bob")(d)
    assert d.whole == had, (len(d.whole), len(had))
    return Row(len(d.whole), len(had), "exactly these", len(d.kept))


CASES = (*NOTHING, *LABELS, *WEIGHT, *MEMBERS, *EFFECTS, *AGENTS, *DAYS, *FIELDS, *PEOPLE, *SHOP)
