"""Small models made by hand, for tests of the plan that need no spec files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from compiler.lang import model as m

C = m.Constant


def is_(name: str, *members: str) -> m.Is:
    return m.Is(name, tuple(sorted(members)))


def shares(*, when: m.Expr | None = None, kind: str = "shares", **parts: float) -> m.Start:
    return m.Start(kind, tuple(sorted(parts.items())), guard=when)


def numbered(*parts: float) -> m.Start:
    return m.Start("shares", tuple((str(i), share) for i, share in enumerate(parts)))


def chance(value: float, when: m.Expr | None = None) -> m.Start:
    return m.Start("chance", parameters=(("chance", C(value, m.Unit.SHARE)),), guard=when)


def normal(mean: float, sd: float) -> m.Start:
    return m.Start("normal", parameters=(("mean", C(mean)), ("sd", C(sd))))


def rises(amount: float | m.Expr, when: m.Expr | None = None, member: str | None = None) -> m.Effect:
    return m.Effect("add", C(amount) if isinstance(amount, int | float) else amount, member, when)


def choice(name: str, *starts: m.Start, effects: tuple[m.Effect, ...] = (), **more: Any) -> m.Field:
    members = more.pop("members", None) or tuple(
        m.Member(i, i.replace("_", " ")) for i in sorted({i for s in starts for i, _ in s.shares})
    )
    return m.Field(name, "choice", name, members=members, starts=starts, effects=effects, **more)


def number(name: str, *starts: m.Start, effects: tuple[m.Effect, ...] = (), **more: Any) -> m.Field:
    members = tuple(m.Member(i, i, number=float(i)) for s in starts for i, _ in s.shares)
    return m.Field(name, "number", name, members=members, starts=starts, effects=effects, **more)


def flag(name: str, *starts: m.Start, effects: tuple[m.Effect, ...] = (), **more: Any) -> m.Field:
    return m.Field(name, "flag", name, starts=starts, effects=effects, **more)


VOICE = is_("channel", "voice")
AGENTS = (
    m.Agent("Ada_Alder", "Ada Alder", "Team_A", "female", "nova"),
    m.Agent("Ben_Birch", "Ben Birch", "Team_A", "male", "onyx"),
    m.Agent("Cleo_Cedar", "Cleo Cedar", "Team_B", "neutral", "alloy"),
)
H = 3600
SHIFT = choice(
    "agent_shift",
    shares(Early=0.4, Late=0.6),
    shares(Early=0.6, Late=0.4, when=is_("agent_name", "Ada_Alder")),
    members=(m.Member("Early", "Early", hours=((4 * H, 14 * H),)), m.Member("Late", "Late", hours=((12 * H, 24 * H),))),
)
BUCKET = choice(
    "time_of_day_bucket",
    shares(Night=0.1, Day=0.6, Evening=0.3),
    effects=(rises(-0.05, m.Ref("weekend"), "Night"), rises(0.05, m.Ref("weekend"), "Day")),
    members=(
        m.Member("Night", "Night", hours=((0, 6 * H), (22 * H, 24 * H))),
        m.Member("Day", "Day", hours=((6 * H, 16 * H),)),
        m.Member("Evening", "Evening", hours=((16 * H, 22 * H),)),
    ),
)
REPEAT = flag(
    "repeat_call_within_72h",
    chance(0.35),
    chance(0.10, m.Ref("FCR")),
    follow_up=m.FollowUp(72 * H, ((("customer",), None), (("customer", "intent"), m.Not(m.Ref("FCR"))))),
)
FIELDS = (
    choice("agent_name", shares(Ada_Alder=0.5, Ben_Birch=0.3, Cleo_Cedar=0.2),
           members=tuple(m.Member(a.id, a.label) for a in AGENTS)),
    SHIFT,
    BUCKET,
    choice("customer_segment", shares(Premium=0.25, Standard=0.75)),
    choice("region", shares(ZH=0.6, DE_BY=0.4)),
    choice("language", shares(de=0.7, en=0.3)),
    choice("persona", shares(calm=40, hurried=25, kind="weights")),
    choice("channel", shares(voice=0.9, text=0.1)),
    choice("intent", shares(Card=10, Loan=8, Transfer=15, kind="weights"), how_many=((1, 0.7), (2, 0.2), (3, 0.1)),
           effects=(rises(10, m.Ref("outage"), "Transfer"), rises(6, is_("customer_segment", "Premium"), "Loan"))),
    choice("scenario", shares(Check=15, Lost=10, kind="weights"), effects=(rises(15, is_("intent", "Card"), "Lost"),)),
    choice("product", shares(Card=15, Loan=15, Transfer=20, kind="weights")),
    choice("amount_bucket", shares(small=0.6, large=0.4), only_when=is_("product", "Loan", "Transfer"),
           members=(m.Member("small", "<100"), m.Member("large", "100–1000"))),
    number("AWT", normal(90, 25), unit=m.Unit.TIME, within=(0.0, 600.0), effects=(rises(35, m.Ref("outage")),)),
    number("Hold_time", normal(45, 20), unit=m.Unit.TIME, within=(0.0, 480.0), only_when=VOICE),
    number("Silence_total_seconds", normal(8, 4), unit=m.Unit.TIME, within=(0.0, 180.0), only_when=VOICE),
    number("Interruptions_count", normal(1.2, 0.8), decimals=0, within=(0.0, 20.0), only_when=VOICE),
    number("Transfers_count", numbered(0.7, 0.2, 0.1)),
    number("NPS_score", m.Start("shares", (("10", 0.3), ("6", 0.3), ("8", 0.4))), within=(0.0, 10.0),
           effects=(rises(-2, m.Compare(">", m.Ref("AWT"), C(120.0, m.Unit.TIME))), rises(-1, m.Not(m.Ref("FCR"))))),
    number("sentiment_score", m.Start("normal", parameters=(
        ("mean", m.Arith("/", m.Arith("-", m.Ref("NPS_score"), C(5)), C(5))), ("sd", C(0.1)))),
        decimals=3, within=(-1.0, 1.0)),
    flag("FCR", chance(0.78), effects=(rises(-0.15, m.Ref("outage")), rises(-0.07, is_("team", "Team_B")))),
    REPEAT,
    flag("kb_article_used", chance(0.5)),
    m.Field("Greeting", "check", "Greeting", starts=(chance(0.92),), group="compliance_flags", shown_by="greet"),
    m.Field("Farewell", "check", "Farewell", starts=(chance(0.8),), group="compliance_flags", shown_by="farewell"),
    m.Field("escalation", "decide", "Escalation", rows=(
        m.Row((("None", 1.0),), m.Ref("FCR")), m.Row((("Supervisor", 0.8), ("Backoffice", 0.2))))),
)
PHASES = (
    m.Phase("opening", "Opening", (m.PhaseLine("agent must", ("greet", "give_name")),)),
    m.Phase("answer", "Answer", (
        m.PhaseLine("agent must", ("offer_ticket",), guard=m.Not(m.Ref("FCR"))),
        m.PhaseLine("customer", text="gets impatient", guard=m.Compare(">", m.Ref("AWT"), C(100.0, m.Unit.TIME))),
        m.PhaseLine("hold", amount=C(0.5, m.Unit.SHARE)),
        m.PhaseLine("amount", amount=(C(20.0, m.Unit.MONEY, "CHF"), C(900.0, m.Unit.MONEY, "CHF"))),
    )),
    m.Phase("closing", "Closing", (m.PhaseLine("agent must", ("summarise", "farewell")),)),
)
OUTAGE = m.Event("outage", "Outage", "incident", weekdays=(0, 1, 2, 3, 4), happens=2, calls=(1.25, 1.4))
AFTER = m.Event("app_issue", "App issue", "aftermath", after="outage", lasts_days=2, calls=C(1.2))


def bank(**changes: Any) -> m.Model:
    """A small bank with everything in it: three agents, two shifts, kept fields, follow-ups, an incident."""
    base = m.Model(
        dataset=m.Dataset("Tiny", "Tiny", 7, date(2025, 9, 1), date(2025, 9, 14), "Europe/Zurich"),
        calendar=m.Calendar(events=(AFTER, OUTAGE)),
        volume=m.Volume(80, 40),
        fields=tuple(sorted(FIELDS, key=lambda f: f.id)),
        teams=(m.Team("Team_A", "Team A"), m.Team("Team_B", "Team B")),
        agents=AGENTS,
        customers=m.Customers(3000, ("ANI", "customer_segment", "language", "persona", "region", "voice"),
                              ("reserved DE", "unassignable CH")),
        customer_voices=m.CustomerVoices(("coral", "fable"), ("ash", "echo")),
        personas=(m.Persona("calm", "Calm", tone="friendly"), m.Persona("hurried", "In a hurry", tone="short")),
        scenarios=(m.Scenario("Check", "Check", PHASES), m.Scenario("Lost", "Lost", PHASES)),
        acts=tuple(m.Act(i, f"does {i}") for i in ("farewell", "give_name", "greet", "offer_ticket", "summarise")),
        locales=(), audio=m.Audio(), uploads=(),
    )
    return replace(base, **changes)


def with_fields(model: m.Model, *fields: m.Field) -> m.Model:
    """The model with these fields added or put in the place of those of the same id."""
    new = {f.id: f for f in fields}
    kept = tuple(f for f in model.fields if f.id not in new)
    return replace(model, fields=tuple(sorted((*kept, *fields), key=lambda f: f.id)))


def lasting(model: m.Model, days: int) -> m.Model:
    last = date.fromordinal(model.dataset.first.toordinal() + days - 1)
    return replace(model, dataset=replace(model.dataset, last=last))
