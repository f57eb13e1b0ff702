"""ops, nps, compliance -> kpis.calls: what is measured, passed and decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compiler.importer import rules
from compiler.importer.draft import Draft, in_bounds, into, of_voice, single, under_channels
from compiler.importer.names import Ids, ids
from compiler.importer.part import Figure, Part
from compiler.importer.shares import instead, starts
from compiler.importer.wording import Block, inside, listed, number, percent, points, seconds


def blocks(draft: Draft) -> list[Block]:
    ops = draft.old.part("ops", needed=True)
    _silence_ratio(ops.part("silence_ratio"))
    return [
        _awt(draft, ops.part("awt_seconds")), _hold(draft, ops.part("hold_seconds")),
        _transfers(draft, ops.part("transfers_count", needed=True)),
        _interruptions(draft, ops.part("interruptions_count")),
        _silence(draft, ops.part("silence_total_seconds")), _fcr(draft, ops), _nps(draft), _sentiment(),
        *_compliance(draft, draft.old.part("compliance", needed=True)), *_small_flags(), _repeat(),
        _escalation(draft), _complaint(draft),
    ]  # fmt: skip


def _normal(mean: Figure, sd: Figure, unit: str = "") -> str:
    return f"starts as normal, mean {number(mean.value)}{unit}, sd {number(sd.value)}{unit}"


def _roof(mean: Figure, sd: Figure, least: int) -> Decimal:
    """An upper bound that no draw reaches: `least` where it is far enough off (the old program had none)."""
    needed = mean.value + 12 * sd.value
    return Decimal(least) if needed <= least else Decimal(int(needed) + 1)


def _minutes(value: Decimal) -> str:
    return f"{number(value / 60)}m" if value % 60 == 0 else seconds(value)


def _awt(draft: Draft, part: Part) -> Block:
    mean, sd = part.figure("base_median", "90", "0"), part.figure("base_sigma", "25", "0")
    lines = [
        "decimals: 2", _normal(mean, sd, "s"), f"stays within 0s..{_minutes(_roof(mean, sd, 600))}",
        *single(part.figure("outage_delta", "0"), seconds, draft.notes, "outage"),
    ]  # fmt: skip
    if draft.peaks:
        lines += single(part.figure("premium_wait_peak_delta", "0"), seconds, draft.notes, "premium_wait_peak")
    else:
        part.leave("nothing", "premium_wait_peak_delta", "there are no premium wait peak days")
    lines += under_channels(draft, part.part("channel_deltas"), seconds)
    into(draft.by_team, "AWT", part.part("team_deltas"), draft.teams, "team", seconds)
    return ['kpi AWT "Average wait time"', *inside(lines)]


def _hold(draft: Draft, part: Part) -> Block:
    mean, sd = part.figure("base_median", "45", "0"), part.figure("base_sigma", "20", "0")
    lines = [
        "only when channel is voice", "decimals: 2", _normal(mean, sd, "s"),
        f"stays within 0s..{_minutes(_roof(mean, sd, 480))}",
        *of_voice(draft, part.part("channel_deltas"), seconds, "hold time"),
    ]  # fmt: skip
    return ["kpi Hold_time", *inside(lines)]


def _transfers(draft: Draft, part: Part) -> Block:
    base_part = part.part("base_probs", needed=True)
    base = base_part.figures(low="0")
    others = part.part("channel_overrides")
    tables = {name: table for name, table in others.parts().items() if name in draft.channels}
    numbers = _numbers([base_part, *tables.values()], "number of transfers")
    lines = starts(base, numbers)
    for name in others.table.rows:
        if name not in draft.channels:
            others.leave_whole("name", name, f"there is no channel `{name}`; left out")
    for name, table in tables.items():
        lines += instead(base, table.figures(low="0"), f"channel is {draft.channels[name]}", numbers)
    return ["kpi Transfers_count", *inside(lines)]


def _numbers(tables: Sequence[Part], what: str) -> Ids:
    """The keys of the tables, which are whole numbers and their own ids."""
    for table in tables:
        for name in table.table.rows:
            if not (name.isascii() and name.isdigit()):
                table.reading.problems.append(f"{table.place(name)}: `{table.path}`: `{name}` is no {what}")
    return Ids({name: name for table in tables for name in table.table.rows})


def _interruptions(draft: Draft, part: Part) -> Block:
    mean, sd = part.figure("mean", "1.2", "0"), part.figure("sigma", "0.8", "0")
    lines = [
        "only when channel is voice", "decimals: 0", _normal(mean, sd),
        f"stays within 0..{number(_roof(mean, sd, 20))}",
        *of_voice(draft, part.part("channel_deltas"), number, "interruptions"),
    ]  # fmt: skip
    return ["kpi Interruptions_count", *inside(lines)]


def _silence_ratio(part: Part) -> None:
    for key in part.table.rows:
        part.leave("differs", key, "not carried over: Silence_ratio is Silence_total_seconds over the length of the"
                   " finished call, and measured there")


def _silence(draft: Draft, part: Part) -> Block:
    mean, sd = part.figure("base_mean", "12", "0"), part.figure("base_sigma", "6", "0")
    nps = part.part("nps")
    below, each = nps.figure("low_threshold", "7"), nps.figure("per_point_below", "1.5")
    lines = [
        "only when channel is voice", "decimals: 2", _normal(mean, sd, "s"),
        f"stays within 0s..{_minutes(_roof(mean, sd, 180))}",
        *of_voice(draft, part.part("channel_lifts"), seconds, "silences"),
    ]  # fmt: skip
    if each.value:
        low, verb = number(below.value), "rises by" if each.value > 0 else "falls by"
        lines.append(f"{verb} ({low} - NPS_score) * {seconds(abs(each.value))} when NPS_score < {low}")
    into(draft.by_team, "Silence_total_seconds", part.part("team_deltas"), draft.teams, "team", seconds)
    into(draft.by_agent, "Silence_total_seconds", part.part("agent_deltas"), draft.agents, "agent", seconds)
    into(draft.by_scenario, "Silence_total_seconds", part.part("scenario_lifts"), draft.scenarios, "scenario", seconds)
    return ["kpi Silence_total_seconds", *inside(lines)]


def _fcr(draft: Draft, ops: Part) -> Block:
    penalties = ops.part("fcr_penalties")
    base, outage = ops.figure("fcr_base_prob", "0.78", "0", "1"), penalties.figure("outage", "-0.15")
    channels, teams = penalties.part("channel"), penalties.part("team")
    lines = [
        f"starts at {percent(base.value)}", *single(outage, points, draft.notes, "outage"),
        *under_channels(draft, channels, points),
        *in_bounds(base, (outage, *channels.figures().values(), *teams.figures().values())),
    ]  # fmt: skip
    into(draft.by_team, "FCR", teams, draft.teams, "team", points)
    return ['flag FCR "Solved on the first call"', *inside(lines)]


def _nps(draft: Draft) -> Block:
    nps = draft.old.part("nps", needed=True)
    base_part = nps.part("base_weights", needed=True)
    base, numbers = base_part.figures(low="0"), _numbers([base_part], "score")
    corrections = nps.part("corrections")
    lines = [*starts(base, numbers), f"stays within 0..{number(corrections.figure('happy_cap', '10', '0').value)}"]
    lines += single(corrections.figure("awt_gt_120", "-2"), number, draft.notes, "AWT > 120s")
    lines += single(corrections.figure("fcr_zero", "-1"), number, draft.notes, "not FCR")
    if draft.peaks:
        lines += single(corrections.figure("premium_waittime", "-2"), number, draft.notes, "premium_wait_peak")
    else:
        corrections.leave("nothing", "premium_waittime", "there are no premium wait peak days")
    return ['kpi NPS_score "Would recommend us (0–10)"', *inside(lines)]


def _sentiment() -> Block:
    return ["kpi sentiment_score", "  decimals: 3", "  starts as normal, mean (NPS_score - 5) / 5, sd 0.1",
            "  stays within -1..1"]


# ------------------------------------------------------------------------------------------------ compliance, flags


def _compliance(draft: Draft, part: Part) -> list[Block]:
    rates = part.part("pass_rates", needed=True)
    names = ids(rates.table.rows)
    rows: list[str] = []
    for name, figure in rates.figures(low="0", high="1").items():
        rows.append(f"{names.titled(name)}: {percent(figure.value)}")
        if name in rules.SHOWN_BY:
            rows.append(f"  shown by: {rules.SHOWN_BY[name]}")
    lines = [*rows, "stays within 0%..99.9%"]
    lines += single(part.figure("global_delta", "0"), points, draft.notes)
    lines += under_channels(draft, part.part("channel_deltas"), points)
    if "Empathy" in rates.table.rows:
        lines += single(part.figure("outage_empathy_penalty", "-0.08"), points, draft.notes, "outage", "Empathy")
    else:
        part.leave("name", "outage_empathy_penalty", "there is no pass rate `Empathy`")
    into(draft.by_team, "compliance_flags", part.part("team_deltas"), draft.teams, "team", points)
    if rules.BONUS_AGENT in draft.agents:
        bonus = single(part.figure("monika_pass_bonus", "0.05"), points, draft.notes, what="compliance_flags")
        draft.by_agent[draft.agents[rules.BONUS_AGENT]] += bonus
    else:
        part.leave("name", "monika_pass_bonus", f"it was for the agent `{rules.BONUS_AGENT}`, who is not there")
    mean = part.figure("script_adherence_mean", "86", "0", "100")
    sd = part.figure("script_adherence_sigma", "6", "0", "100")
    script = ["kpi script_adherence", "  decimals: 1", f"  {_normal(mean, sd)}", "  stays within 0..100"]
    return [["checks compliance_flags", *inside(lines)], script]


def _small_flags() -> list[Block]:
    """Three chances that the old program had in its code."""
    return [[f"flag {name}", f"  starts at {chance}%"]
            for name, chance in (("kb_article_used", 50), ("language_switch", 5), ("pii_disclosure_flag", 2))]


def _repeat() -> Block:
    return [
        "## The customer contacts us again within three days: a later call of the plan is that contact.",
        'flag repeat_call_within_72h "Calls again within 72 hours"',
        *inside(["starts at 35%", "starts at 10% when FCR", "comes true within: 72h", "same: customer",
                 "same: customer, intent when not FCR"]),
    ]  # fmt: skip


def _escalation(draft: Draft) -> Block:
    there = [draft.intents[name] for name in rules.ESCALATED_TO_IT if name in draft.intents]
    for name in rules.ESCALATED_TO_IT:
        if name not in draft.intents:
            intents = draft.old.part("intents")
            intents.note("name", "base", f"the old program sent `{name}` to IT; there is no such intent")
    row = [f"IT_Ticket when intent {listed(there)}"] if there else []
    lines = ["None when FCR", *row, "otherwise one of", "  Supervisor: 80%", "  Backoffice: 20%"]
    return ["decide escalation", *inside(lines)]


def _complaint(draft: Draft) -> Block:
    peak = ["WaitTime when premium_wait_peak and channel is voice"] if draft.peaks else []
    return ["decide complaint_category", *inside([*peak, "TechnicalIssue when not FCR", "otherwise Fees"])]
