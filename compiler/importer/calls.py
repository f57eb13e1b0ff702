"""channels, devices, intents, products, automation, scenarios -> calls.calls and scenarios.calls."""

from __future__ import annotations

from compiler.importer import automation, rules
from compiler.importer.draft import Draft
from compiler.importer.names import ids
from compiler.importer.part import Part
from compiler.importer.shares import Adjusted, adjustments, known, weight_set
from compiler.importer.wording import Block, hundred, inside, listed, moves


def blocks(draft: Draft) -> list[Block]:
    return [_channel(draft), _device(draft), _intent(draft), *_products(draft), *automation.blocks(draft)]


def _choice(header: str, found: list[str]) -> Block:
    return [f"choice {header}", *inside(found)]


def _channel(draft: Draft) -> Block:
    part = draft.old.part("channels", needed=True)
    moving = adjustments(part.part("time_of_day_adjustment"), draft.buckets, draft.channels,
                         "time_of_day_bucket is {}", ("time of day", "channel"))
    found = weight_set(part.part("base", needed=True), draft.channels, moving)
    if "text" in draft.channels:
        part.part("base").note("name", "text", "the old program asked for a channel `Text`, with a capital: that never"
                               " held. It would have added 0 to the automation, so nothing is lost")
    return _choice("channel", [*found.rows(), *found.blocks()])


def _device(draft: Draft) -> Block:
    part = draft.old.part("devices", needed=True)
    base = part.part("base", needed=True)
    members = ids(base.table.rows)
    moving = adjustments(part.part("channel_overrides"), draft.channels, members, "channel is {}",
                         ("channel", "device"))
    found = weight_set(base, members, moving)
    return _choice('device_type "Device"', [*found.rows(), *found.blocks()])


def _incidents(draft: Draft, part: Part, known_names: tuple[str, ...]) -> list[tuple[str, Part]]:
    """(event, its table) for `incident:` with outage and app_issue; what is no such event is noted."""
    found = []
    for name, table in part.parts().items():
        if name not in known_names:
            part.leave_whole("unused", name, f"read only for {' and '.join(known_names)}")
        elif name == "app_issue" and not draft.app_issues:
            part.leave_whole("nothing", name, "there are no days with an app issue")
        else:
            found.append((name, table))
    return found


def _intent(draft: Draft) -> Block:
    part, members = draft.old.part("intents", needed=True), draft.intents
    moving = adjustments(part.part("time_of_day"), draft.buckets, members, "time_of_day_bucket is {}",
                         ("time of day", "intent"))
    moving += adjustments(part.part("segment"), draft.segments, members, "customer_segment is {}",
                          ("segment", "intent"))
    for event, table in _incidents(draft, part.part("incident"), ("outage", "app_issue")):
        rows = known(table, members, "intent")
        moving += [Adjusted(event, rows)] if rows else []
    moving += adjustments(part.part("agent"), draft.agents, members, "{}", ("agent", "intent"), within=True)
    found = weight_set(part.part("base", needed=True), members, moving)
    for each in found.adjusted:
        if each.within:
            draft.by_agent[each.within] += found.moving(each, "intent")
    return _choice('intent "Reason for the call"', [f"how many: {rules.HOW_MANY}", *found.rows(), *found.blocks()])


def _products(draft: Draft) -> list[Block]:
    part, members = draft.old.part("products", needed=True), draft.products
    base = part.part("base", needed=True)
    moving = []
    for key, condition in (("outage_adjustment", "outage"), ("hour_lt_18_adjustment", "time < 18:00")):
        rows = known(part.part(key), members, "product")
        moving += [Adjusted(condition, rows)] if rows else []
    found = weight_set(base, members, moving)
    blocks_ = [_choice("product", [*found.rows(), *found.blocks()])]
    amounts = part.part("amount_buckets", needed=True)
    sized = weight_set(amounts, ids(amounts.table.rows), ())
    there = _with_amount(draft, base)
    if there:
        blocks_.append(_choice('amount_bucket "Amount"', [f"only when product {listed(there)}", *sized.rows()]))
    return blocks_


def _with_amount(draft: Draft, base: Part) -> list[str]:
    """The products of which the old program gave an amount, or meant to."""
    there = []
    for name in rules.WITH_AMOUNT:
        meant = rules.MEANT.get(name, name)
        if name in draft.products:
            there.append(draft.products[name])
        elif meant != name and meant in draft.products:
            base.note("name", meant, f"the old program gave amounts to a product `{name}`, which is not there; "
                      f"`{meant}` was meant, never had an amount, and has one here")
            there.append(draft.products[meant])
        else:
            base.reading.notes.add("name", base.table.place, base.path,
                                   f"the old program gave amounts to `{name}`; there is no such product")
    return there


# ------------------------------------------------------------------------------------------------ scenarios


def scenarios(draft: Draft) -> list[Block]:
    part, members = draft.old.part("scenarios", needed=True), draft.scenarios
    base = part.part("base", needed=True)
    moving = adjustments(part.part("intent"), draft.intents, members, "intent is {}", ("intent", "scenario"))
    for event, table in _incidents(draft, part.part("incident"), ("outage",)):
        rows = known(table, members, "scenario")
        moving += [Adjusted(event, rows)] if rows else []
    by_agent = adjustments(part.part("agent"), draft.agents, members, "{}", ("agent", "scenario"), within=True)
    found = weight_set(base, members, [*moving, *by_agent], always_weights=True)
    for each in by_agent:
        draft.by_agent[each.within] += found.moving(each, "scenario")
    for each in moving:
        for name, figure in each.moves:
            line = f"{moves('weight', figure.value, hundred(figure.value))} when {each.condition}"
            draft.by_scenario[members[name]].insert(_weights_so_far(draft, members[name]), line)
    chosen = [name for name in members.of if name not in rules.MIDDLES]
    if chosen:
        draft.notes.add("chosen", base.table.place, base.path, "a plain course of the call for "
                        + ", ".join(f"`{name}`" for name in chosen))
    return [_scenario(draft, name, hundred(figure.value)) for name, figure in found.base]


def _weights_so_far(draft: Draft, scenario: str) -> int:
    return sum(line.startswith("weight ") for line in draft.by_scenario[scenario])


def _scenario(draft: Draft, name: str, weight: str) -> Block:
    phase, acts = rules.MIDDLES.get(name, rules.MIDDLE)
    word = draft.scenarios[name]
    return [
        f"scenario {draft.scenarios.titled(name)}", f"  weight: {weight}", *inside(draft.by_scenario[word]),
        "  phase opening", "    agent must: greet, give_name",
        f"  phase {phase}", f"    agent must: {acts}", "    hold: 100% of Hold_time",
        "  phase closing", "    agent must: summarise, farewell",
    ]  # fmt: skip
