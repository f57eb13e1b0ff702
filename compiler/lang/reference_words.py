"""What the reference page says beside the schema's own docs: data only. Each example line stands in
reference_examples.py or is compiled by the page's test."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.lang.model import Unit
from compiler.lang.schema import Says

INTRODUCTION = """
A project is a folder; all its `*.calls` files are one spec. No order of files, blocks or lines means anything, but
for the rows of `decide` and the phases of a `scenario`. Indentation (two spaces) says what belongs to what. `#`
begins a comment, `##` a doc that belongs to the line below; a line of it that begins with a language (`## de: Die App
ist ausgefallen.`) is what prompts in that language say. A name is shown with its `_` as spaces unless a `"label"`
follows.

`use "library/retail_banking" as banking` at the top of a file brings a pack: a spec below yours, whose lines you
may change with `override` and `remove`. A file that begins with `overlay NAME` holds only with `--overlay NAME`.

`key: value` says what is; a verb says what moves, and under which condition. A line without `when` is the default;
a guarded `starts` line or setting wins where its condition holds, and two that can hold together are an error. All
that moves a field acts in this order: draw, add, multiply, `becomes`, `stays within`, round.

Shares of a list are 100 % together, and points that one condition moves cancel out; `rest` is whoever is not named.
Weights are plain numbers of any sum. Inside a team, an agent, a scenario, a persona or an event a line holds for
its calls alone.
"""

LINES: tuple[tuple[str, str], ...] = (
    ('kpi AWT "Average wait time"', "begins a block: its kind, its name, its label"),
    ("weekend: Sat, Sun", "a setting"),
    ("Mon: 115%", "a row of a list"),
    ("works: Early 60%, Late 40%", "a setting with names and shares"),
    ("when weekend", "opens a block of lines that hold only then; may be nested"),
    ("starts at 78%", "where a flag, or a number, starts"),
    ("starts at 10% when FCR", "where it starts in such calls"),
    ("starts as normal, mean 60s, sd 20s", "the distribution that a kpi is drawn from"),
    ("starts as one of", "a list of shares below, 100 % together"),
    ("starts as weights", "a list of plain numbers below, of any sum"),
    ("falls by 2 when AWT > 120s", "takes away from the field of the block"),
    ("AWT rises by 20s", "adds to another field, in an event, a team, an agent, a persona or a scenario"),
    ("intent.Hail_damage rises by 40", "adds to the weight (or the share, with `pp`) of a value of a choice"),
    ("rest falls by 5pp", "what the values that are not named give, in proportion"),
    ("talk_time is multiplied by 80%", "multiplies"),
    ("talk_time is multiplied by 140% to 100% over 4w", "a straight line over days, from the first day on"),
    ("stays within 0s..10m", "the bounds of the field, at the end"),
    ("only when channel is voice", "the calls that have the field, or for which the thing may be drawn"),
    ("is damage * 90% when settlement is Paid_at_once", "the value of a fact"),
    ("Paid_at_once when damage < CHF 800", "a row of `decide`; the first that fits decides"),
    ("otherwise one of", "the last row: what is left"),
    ("override volume", "in an overlay, or above a pack: what follows changes what is there"),
    ("remove falls by when intent is Hail_damage", "in an overlay: takes a line away; its target must exist"),
)

LITERALS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("300", "4_000", "0.5"), "a number"),
    (("35%",), "a share, a chance or a factor"),
    (("5pp",), "percentage points: 78% + 5pp is 83%"),
    (("90s", "2m", "1h30m", "250ms", "3d", "4w"), "a length of time"),
    (("2026-06-01",), "a date"),
    (("08:30", "24:00"), "a time of day; `24:00` as an end"),
    (("CHF 20",), "money"),
    (('"a text"', '"""a text of several lines"""'), "a text; may hold places such as {agent.label}"),
    (("2026-06-08..2026-06-19", "08:00..18:00", "150ms..600ms"), "a range; of times of day the end is out"),
    (("4m to 10s over 10d",), "a ramp: a straight line by date"),
    (("AWT > 120s and not FCR", "intent in (New_claim, Hail_damage)"),
     "a condition: `is`, `is not`, `in`, `not in`, `>`, `>=`, `<`, `<=`, `and`, `or`, `not`"),
    (("(7 - NPS_score) * 1.5s", "50% of AWT"), "an expression: `+ - * /`, `of`, functions"),
)

UNITS: Mapping[Unit, str] = {
    Unit.NUMBER: "counts, scores, weights",
    Unit.SHARE: "shares, chances and factors, with `%`; they move by `pp`",
    Unit.TIME: "lengths of time; the record has seconds",
    Unit.MONEY: "an amount in one currency",
    Unit.DATE: "days",
    Unit.CLOCK: "times of day",
    Unit.LEVEL: "levels in `dB`",
    Unit.TEXT: "texts",
    Unit.TRUTH: "yes or no: flags, checks, events, conditions",
}

SAYS: Mapping[Says, str] = {
    "starts": "`starts …` (where it begins)",
    "effects": "effects (`rises by`, `falls by`, `is multiplied by`, `becomes`)",
    "within": "`stays within`",
    "only when": "`only when`",
    "is": "`is …` (its value)",
    "rows": "rows, one a line",
}

TYPES: Mapping[str, str] = {
    "acts": "acts, such as `greet, give_name`",
    "act": "one act, such as `greet`",
    "agent.voice": "`agent.voice`",
    "amount of calls": "a number, such as `300`",
    "arrivals": "`exact`, `poisson`, or `gamma, cv 0.1`",
    "calls": "a factor such as `125%`, a range `125%..140%`, or a ramp `250% to 110% over 4d`",
    "count": "a whole number, such as `3`",
    "count of some": "a whole number of at least 1, such as `1_000`",
    "date": "a date, such as `2026-06-01`",
    "dates": "dates and ranges of dates, such as `2026-06-04, 2026-06-08..2026-06-10`",
    "day share": "`workday 12%, weekend 9%`, or one share for both; plain numbers are weights",
    "days": "whole days, such as `2d`",
    "factor": "a factor, such as `105%`",
    "gender": "`female`, `male` or `neutral`",
    "hours": "hours, such as `08:00..18:00`; ones that end before they begin go over midnight",
    "how many": "numbers in words with shares, such as `one 70%, two 20%, three 10%`",
    "kept fields": "fields, and what every customer has (see below)",
    "language": "a value of the choice `language`",
    "left": "`left`",
    "length": "a length of time, such as `72h`",
    "lengths": "two lengths, such as `150ms..600ms`",
    "month days": "days of the month, such as `1, 15`",
    "number ranges": "names of ranges that belong to nobody, such as `\"reserved DE\"`",
    "recording": "`paused` or `stops`",
    "right": "`right`",
    "same fields": "`customer`, `agent_name`, `scenario`, and fields",
    "share": "a share, such as `20%`",
    "share of hold": "`100% of Hold_time`",
    "spoken amount": "an amount, a range `CHF 80..CHF 900`, or a field",
    "team": "a team",
    "text": "a text in quotation marks",
    "upload value": "a text, a number, a length, a word, or `env \"NAME\"` for what the environment says",
    "voice": "a voice of the cast, such as `nova`",
    "voice map": "a voice of the cast with the engine's own name of it: `nova \"Kore\"`",
    "voices": "voices of the cast, such as `coral, fable`",
    "weekdays": "weekdays, such as `Mon, Thu` or `Mon..Fri`",
    "weight": "a plain number, such as `20`",
    "works": "shifts with shares, 100 % together: `Early 45%, Mid 35%, Late 20%`",
    "yes or no": "`yes` or `no`",
}

# name -> (what it is, its parameters in an example); each of acts.DISTRIBUTIONS must be here
DISTRIBUTION_DOCS: Mapping[str, tuple[str, str]] = {
    "normal": ("the bell curve; `stays within` cuts what lies outside to the bound", "mean 90s, sd 25s"),
    "truncated normal": ("the bell curve, drawn anew within `stays within`", "mean 90s, sd 25s"),
    "lognormal": ("skewed: half lies below the median; `spread` is a factor, 1.8 makes two thirds lie between the"
                  " median / 1.8 and the median × 1.8", "median 45s, spread 1.8"),
    "truncated lognormal": ("the same, drawn anew within `stays within`", "median 45s, spread 1.8"),
    "uniform": ("each value from low to high alike", "low 10, high 20"),
    "exponential": ("waiting for something that comes at any moment alike", "mean 30s"),
    "gamma": ("skewed, with a mean; `cv` is the standard deviation over the mean", "mean CHF 100, cv 0.5"),
    "poisson": ("a count of things that come by themselves", "mean 1.5"),
}

# name -> (its arguments in an example, what it is)
FUNCTION_DOCS: Mapping[str, tuple[str, str]] = {
    "min": ("NPS_score, 8", "the smallest of two or more"),
    "max": ("AWT, 30s", "the largest of two or more"),
    "round": ("NPS_score / 2", "the nearest whole number"),
    "clamp": ("NPS_score, 2, 9", "the first, but never below the second or above the third"),
    "hour_of": ("time", "the hour of a time of day, 0 to 23"),
    "day_of_month": ("date", "the day in its month, 1 to 31"),
    "days_since": ("2026-06-01", "how many days lie between that date and the call's"),
}
