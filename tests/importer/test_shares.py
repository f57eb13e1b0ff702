"""The old configuration, imported and planned for a month: each share of it is met within sampling error."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from compiler.importer.convert import Imported, Order, convert
from compiler.lang.load import load
from compiler.plan.plan import draw
from compiler.plan.summary import summarise
from tests.importer.arithmetic import Expected, z_of

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
LIMIT = 4.0
BUSY = "meta: {volume_reduction_factor: 0.8}\n"


def laid(found: Imported, folder: Path) -> Path:
    for name, text in found.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class Month:
    """The records of an imported month, what the old file says about them, and where the incidents fell."""

    def __init__(self, order: Order, folder: Path) -> None:
        loaded = load([laid(convert(order), folder)])
        assert loaded.model is not None
        self.plan = draw(loaded.model)
        self.records = [call.record for call in self.plan.calls()]
        self.summary = summarise(self.plan)
        self.old = yaml.safe_load(order.base.read_text(encoding="utf-8"))
        if order.overrides:
            self.old["meta"] = yaml.safe_load(order.overrides.read_text(encoding="utf-8"))["meta"]
        self.expected = Expected(self.old, self.summary["events"]["outage"], self.summary["events"]["app_issue"])
        self.own = [record for record in self.records if not record["follows"]]  # what they say is theirs alone
        self.voice = [record for record in self.records if record["channel"] == "voice"]
        self.people = list({record["customer_id"]: record for record in self.records}.values())


@pytest.fixture(scope="module", params=["as it is", "four times the calls", "small"])
def month(request, tmp_path_factory):
    """The reference's own month at its own scale; with so many calls that a small error shows; and small.yml."""
    if request.param == "small":
        return Month(Order(Path(__file__).with_name("small.yml"), seed=11), tmp_path_factory.mktemp("specs"))
    if not REFERENCE.is_dir():
        pytest.skip("the old system's files do not lie beside the repository")
    busy = tmp_path_factory.mktemp("busy") / "busy.yml"
    busy.write_text(BUSY, encoding="utf-8")
    overrides = REFERENCE / "overrides.yml" if request.param == "as it is" else busy
    return Month(Order(REFERENCE / "base.yml", overrides, seed=11), tmp_path_factory.mktemp("specs"))


CATEGORIES = [
    ("records", "bucket", lambda r: r["time_of_day_bucket"]), ("records", "shift", lambda r: r["agent_shift"]),
    ("records", "agent", lambda r: r["agent_name"]), ("people", "segment", lambda r: r["customer_segment"]),
    ("people", "language", lambda r: r["language"]),
    ("records", "channel", lambda r: r["channel"]), ("records", "device", lambda r: r["device_type"]),
    ("own", "intent", lambda r: r["intent"]), ("own", "how_many", lambda r: str(len(r["intents"]))),
    ("records", "scenario", lambda r: r["scenario"]), ("records", "transfers", lambda r: str(r["Transfers_count"])),
    ("records", "product", lambda r: r["product"]), ("records", "amount", lambda r: r["amount_bucket"]),
    ("records", "potential", lambda r: r["self_service_potential"]),
    ("records", "action", lambda r: r["automation_action_type"]), ("records", "escalation", lambda r: r["escalation"]),
    ("records", "complaint", lambda r: r["complaint_category"]),
]


@pytest.mark.parametrize(("calls", "name", "got"), CATEGORIES, ids=[name for _, name, _ in CATEGORIES])
def test_each_category_comes_as_often_as_the_old_file_implies(month, calls, name, got):
    found = z_of(getattr(month, calls), getattr(month.expected, name), got)
    assert len(found) > 1 or name == "language"
    assert {member: z for member, z in found.items() if abs(z) >= LIMIT} == {}


@pytest.mark.parametrize("by", ["agent_name", "weekday", "channel", "time_of_day_bucket", "customer_segment"])
def test_also_within_each_part_of_the_calls(month, by):
    """Guards sit on the right calls: what is right in all is right for each agent, weekday, channel ... Follow-ups take
    their intent over; for the shift they count, since within 72 hours early slots follow up more than late ones."""
    fields = {"intent": "intent", "device": "device_type", "product": "product", "shift": "agent_shift"}
    if by in ("time_of_day_bucket", "channel"):
        del fields["shift"]  # the hours tie them
    for name, got in fields.items():
        for part in sorted({record[by] for record in month.own}):
            some = month.records if name == "shift" else month.own
            calls = [record for record in some if record[by] == part]
            expected = getattr(month.expected, name)
            found = z_of(calls, expected, lambda r, got=got: r[got], least=5)
            assert {member: z for member, z in found.items() if abs(z) >= LIMIT} == {}, (part, name)


def flag(chance):
    return lambda r: {"True": chance(r), "False": 1 - chance(r)}


@pytest.mark.parametrize(("name", "field"), [("fcr", "FCR"), ("automated", "automation_action_present")])
def test_each_chance(month, name, field):
    found = z_of(month.records, flag(getattr(month.expected, name)), lambda r: str(r[field]))
    assert all(abs(z) < LIMIT for z in found.values()), found


def test_as_many_further_calls_are_asked_for_as_the_old_code_flagged(month):
    """How many of them find a place within 72 hours is the plan's business."""
    chances = [month.expected.repeats(record) for record in month.records]
    variance = math.fsum(chance * (1 - chance) for chance in chances)
    assert abs(month.summary["follow_ups"]["asked"] - math.fsum(chances)) < LIMIT * math.sqrt(variance)


@pytest.mark.parametrize(("field", "chance"), [
    ("kb_article_used", 0.5), ("language_switch", 0.05), ("pii_disclosure_flag", 0.02)])
def test_each_chance_of_the_old_code(month, field, chance):
    found = z_of(month.records, flag(lambda r: chance), lambda r: str(r[field]))
    assert all(abs(z) < LIMIT for z in found.values()), found


def test_each_compliance_check(month):
    checks = list(month.old["compliance"]["pass_rates"])
    assert len(checks) > 1
    for check in checks:
        chances = flag(lambda r, check=check: month.expected.passed(r, check))
        found = z_of(month.records, chances, lambda r, check=check: str(r["compliance_flags"][check] == "pass"))
        assert all(abs(z) < LIMIT for z in found.values()), (check, found)


def test_recommendation_before_its_corrections(month):
    base = [str(score) for score in month.old["nps"]["base_weights"]]
    capped = month.old["nps"]["corrections"]["happy_cap"]
    if capped < 10:  # what the cap took away cannot be told any more
        assert max(record["NPS_score"] for record in month.records) == capped
        return
    found = z_of(month.records, month.expected.nps_base, month.expected.uncorrected)
    assert set(found) == set(base)
    assert all(abs(z) < LIMIT for z in found.values()), found


def off(values, mean, sd):
    return (math.fsum(values) / len(values) - mean) / (sd / math.sqrt(len(values)))


def test_each_number_has_its_mean(month):
    ops, compliance = month.old["ops"], month.old["compliance"]
    silences = ops["silence_total_seconds"]
    hold = ops["hold_seconds"]
    z = {
        "AWT": off([r["AWT"] - month.expected.awt(r) for r in month.records], 0, ops["awt_seconds"]["base_sigma"]),
        "silence": off([r["Silence_total_seconds"] - month.expected.silence(r) for r in month.voice], 0,
                       silences["base_sigma"]),
        "hold": off([r["Hold_time"] - hold["channel_deltas"]["voice"] for r in month.voice], hold["base_median"],
                    hold["base_sigma"]),
        "script": off([r["script_adherence"] for r in month.records], compliance["script_adherence_mean"],
                      compliance["script_adherence_sigma"]),
        "sentiment": off([r["sentiment_score"] - (r["NPS_score"] - 5) / 5 for r in month.records
                          if r["NPS_score"] in range(2, 9)], 0, 0.1),
    }
    assert {name: value for name, value in z.items() if abs(value) >= LIMIT} == {}


def test_each_day_has_its_calls(month):
    old = month.old
    low, high = old["volume"]["incident_boost_min"], old["volume"]["incident_boost_max"]
    scale = old["meta"]["volume_reduction_factor"]
    days = month.summary["days"]
    weekdays = {record["date"]: record["weekday"] for record in month.records}
    assert len(days) == 30 == len(weekdays)
    assert len(month.expected.outages) == old["calendar"]["incidents"]["outages_count"]
    assert all(weekdays[day] not in ("Sat", "Sun") for day in month.expected.outages)
    for day, row in days.items():
        base = old["volume"]["base_weekend" if weekdays[day] in ("Sat", "Sun") else "base_weekday"]
        plain = base * old["calendar"]["weekday_factors"][weekdays[day]] * scale
        hit = day in month.expected.outages | month.expected.aftermath
        least, most = (plain * (1 + low), plain * (1 + high)) if hit else (plain, plain)
        assert least - 0.5 <= row["calls"] <= most + 0.5, day


def test_mortgages_have_amounts_and_every_value_occurs(month):
    assert all((r["amount_bucket"] is None) == (r["product"] in ("eBanking", "Card")) for r in month.records)
    assert {r["product"] for r in month.records} == set(month.old["products"]["base"])
    assert len({r["amount_bucket"] for r in month.records}) == len(month.old["products"]["amount_buckets"]) + 1
