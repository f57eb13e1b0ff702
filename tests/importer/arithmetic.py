"""What an old base.yml implies for each call of a plan, by plain arithmetic over the YAML itself and the call's own
record: nothing here knows the importer or the language."""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache

Record = Mapping[str, object]
Old = dict

AMOUNTS = {"<100": "under_100", "100–1000": "to_1000", "1000–5000": "to_5000", ">5000": "over_5000",
           ">=100": "from_100"}


def key(name: object) -> str:
    """An old name as our records spell it."""
    return AMOUNTS.get(str(name)) or "".join(c if c.isalnum() else "_" for c in str(name))


def scaled(base: Mapping, *changes: Mapping | None) -> dict[str, float]:
    """The old way with weights: add, cut at 0, scale to 1. Names that the base does not have are left out."""
    found = {key(name): float(value) for name, value in base.items()}
    for change in changes:
        for name, value in (change or {}).items():
            if key(name) in found:
                found[key(name)] += value
    total = sum(max(value, 0) for value in found.values())
    return {name: max(value, 0) / total for name, value in found.items()}


class Expected:
    """`outages` and `aftermath` are the days (ISO) on which these hold."""

    def __init__(self, old: Old, outages: Iterable[str], aftermath: Iterable[str]) -> None:
        self.old, self.outages, self.aftermath = old, set(outages), set(aftermath)
        self.scaled = cache(self._scaled)

    def _scaled(self, path: str, *others: tuple[str, object]) -> dict[str, float]:
        """`scaled` by paths, so that the same case is reckoned once: ("intents.base", ("intents.agent", who) ...)."""
        return scaled(self._at(path), *(self._named(self._at(table), name) for table, name in others))

    def _at(self, path: str):
        found = self.old
        for word in path.split("."):
            found = found[word]
        return found

    def out(self, r: Record) -> bool:
        return r["date"] in self.outages

    def peak(self, r: Record) -> bool:
        return r["weekday"] in self.old["calendar"]["incidents"]["premium_wait_peak_days"]

    def day(self, r: Record) -> str:
        return "weekend" if r["weekday"] in ("Sat", "Sun") else "weekday"

    def _named(self, table: Mapping, name: object):  # the entry of a table whose key is spelt the old way
        return next((value for old, value in table.items() if key(old) == name), None)

    # ------------------------------------------------------------------------------------------- categories

    def bucket(self, r: Record) -> dict[str, float]:
        return self.scaled(f"buckets.{self.day(r)}")

    def shift(self, r: Record) -> dict[str, float]:
        return self.scaled(f"agents.members.{r['agent_name']}.shifts")

    def agent(self, r: Record) -> dict[str, float]:
        return self.scaled(f"agents.allocation.{self.day(r)}")

    def segment(self, r: Record) -> dict[str, float]:
        return self.scaled("segments.customer")

    def language(self, r: Record) -> dict[str, float]:
        premium = r["customer_segment"] == "Premium"
        found = self.scaled("geo.language", ("geo", "premium_language_bias" if premium else None))
        return {name.lower(): chance for name, chance in found.items()}

    def channel(self, r: Record) -> dict[str, float]:
        return self.scaled("channels.base", ("channels.time_of_day_adjustment", r["time_of_day_bucket"]))

    def device(self, r: Record) -> dict[str, float]:
        return self.scaled("devices.base", ("devices.channel_overrides", r["channel"]))

    def intent(self, r: Record) -> dict[str, float]:
        return self.scaled(
            "intents.base", ("intents.time_of_day", r["time_of_day_bucket"]), ("intents.agent", r["agent_name"]),
            ("intents.segment", r["customer_segment"]), ("intents.incident", "outage" if self.out(r) else None),
            ("intents.incident", "app_issue" if r["date"] in self.aftermath else None))

    def how_many(self, r: Record) -> dict[str, float]:
        return {"1": 0.7, "2": 0.2, "3": 0.1}

    def scenario(self, r: Record) -> dict[str, float]:
        return self.scaled("scenarios.base", ("scenarios.agent", r["agent_name"]), ("scenarios.intent", r["intent"]),
                           ("scenarios.incident", "outage" if self.out(r) else None))

    def transfers(self, r: Record) -> dict[str, float]:
        own = r["channel"] in self.old["ops"]["transfers_count"]["channel_overrides"]
        return self.scaled(f"ops.transfers_count.{'channel_overrides.' + str(r['channel']) if own else 'base_probs'}")

    def nps_base(self, r: Record) -> dict[str, float]:
        return self.scaled("nps.base_weights")

    def product(self, r: Record) -> dict[str, float]:
        early = datetime.datetime.fromisoformat(str(r["start"])).hour < 18
        return self.scaled("products.base", ("products", "outage_adjustment" if self.out(r) else None),
                           ("products", "hour_lt_18_adjustment" if early else None))

    def amount(self, r: Record) -> dict[str, float] | None:
        return self.scaled("products.amount_buckets") if r["product"] in ("Transfer", "Loan", "Mortgage") else None

    def potential(self, r: Record) -> dict[str, float]:
        return self.scaled("automation.self_service_potential")

    def action(self, r: Record) -> dict[str, float] | None:
        return self.scaled("automation.action_type") if r["automation_action_present"] else None

    def escalation(self, r: Record) -> dict[str, float]:
        if r["FCR"]:
            return {"None": 1.0}
        to_it = r["intent"] in ("Online_Banking", "Technical_Support")
        return {"IT_Ticket": 1.0} if to_it else {"Supervisor": 0.8, "Backoffice": 0.2}

    def complaint(self, r: Record) -> dict[str, float]:
        late = self.peak(r) and r["channel"] == "voice"
        return {"WaitTime" if late else "Fees" if r["FCR"] else "TechnicalIssue": 1.0}

    # ------------------------------------------------------------------------------------------- chances

    def fcr(self, r: Record) -> float:
        ops = self.old["ops"]
        away = ops["fcr_penalties"]
        team = str(r["team"]).replace("_", " ")
        return (ops["fcr_base_prob"] + self.out(r) * away["outage"] + away["channel"][r["channel"]]
                + away["team"].get(team, 0))

    def automated(self, r: Record) -> float:
        part = self.old["automation"]
        lift = self._named(part["intent_lifts"], r["intent"]) if r["intent"] in ("Online_Banking", "Transfer") else 0
        return part["action_present_base"] + (lift or 0) + self.out(r) * part["outage_penalty"]

    def passed(self, r: Record, check: str) -> float:
        part = self.old["compliance"]
        team = str(r["team"]).replace("_", " ")
        chance = (part["pass_rates"][check] + part["global_delta"] + part["channel_deltas"][r["channel"]]
                  + part["team_deltas"].get(team, 0))
        chance += part["outage_empathy_penalty"] if check == "Empathy" and self.out(r) else 0
        chance += part["monika_pass_bonus"] if r["agent_name"] == "Monika_Mueller" else 0
        return min(max(chance, 0), 0.999)

    def repeats(self, r: Record) -> float:
        return 0.10 if r["FCR"] else 0.35

    # ------------------------------------------------------------------------------------------- numbers

    def awt(self, r: Record) -> float:
        part = self.old["ops"]["awt_seconds"]
        team = str(r["team"]).replace("_", " ")
        return (part["base_median"] + self.out(r) * part["outage_delta"] + part["channel_deltas"][r["channel"]]
                + self.peak(r) * part["premium_wait_peak_delta"] + part["team_deltas"].get(team, 0))

    def silence(self, r: Record) -> float:
        part = self.old["ops"]["silence_total_seconds"]
        team, low = str(r["team"]).replace("_", " "), part["nps"]["low_threshold"]
        return (part["base_mean"] + part["channel_lifts"]["voice"] + part["agent_deltas"].get(r["agent_name"], 0)
                + part["team_deltas"].get(team, 0)
                + (self._named(part["scenario_lifts"], r["scenario"]) or 0)
                + max(0, low - r["NPS_score"]) * part["nps"]["per_point_below"])

    def uncorrected(self, r: Record) -> str:
        """The score as drawn, before the corrections; only where they cannot have met 0 or the cap."""
        part = self.old["nps"]["corrections"]
        away = ((r["AWT"] > 120) * part["awt_gt_120"] + (not r["FCR"]) * part["fcr_zero"]
                + self.peak(r) * part["premium_waittime"])
        return str(r["NPS_score"] - away)


def z_of(calls: Iterable[Record], chances: Callable[[Record], Mapping[str, float] | None],
         got: Callable[[Record], str | None], least: float = 0) -> dict[str, float]:
    """Member -> how many standard errors it came more often than the chances say; 99 for what could not come. Members
    of whom fewer than `least` are asked for are left out."""
    asked: dict[str, float] = defaultdict(float)
    variance: dict[str, float] = defaultdict(float)
    hits: dict[str, int] = defaultdict(int)
    for call in calls:
        chance, member = chances(call), got(call)
        if chance is None:
            assert member is None
            continue
        hits[str(member)] += 1
        for name, p in chance.items():
            asked[name] += p
            variance[name] += p * (1 - p)
    found = {}
    for name in {*asked, *hits}:
        if asked[name] < least:
            continue
        off = hits[name] - asked[name]
        found[name] = off / math.sqrt(variance[name]) if variance[name] > 1e-9 else 0.0 if abs(off) < 1e-6 else 99.0
    return found
