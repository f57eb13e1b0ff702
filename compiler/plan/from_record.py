"""A call record by itself -> Call: for `compile write`, where no spec is at hand.

What the record does not say stays unsaid: no scenes, no persona; voices and genders are keyed by the person's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from compiler import rng
from compiler.failures import WorldError
from compiler.plan.call import Call, Speaker, Value

NEEDED = ("call_id", "date", "agent_name", "channel", "language", "intent", "ANI")


def call_from_record(record: Mapping[str, Value], place: str) -> Call:
    """The Call of one record; WorldError that names `place` and what is missing or not of its type."""
    missing = [name for name in NEEDED if not isinstance(record.get(name), str)]
    if missing:
        raise WorldError(f"{place}: a call record needs {', '.join(missing)} (texts)")
    call_id, agent = str(record["call_id"]), str(record["agent_name"])
    start = _start(record, place)
    number = "".join(c for c in str(record["ANI"]) if c.isdigit())
    customer = str(record.get("customer_name") or record.get("customer_id") or record["ANI"])
    transfers = record.get("Transfers_count")
    colleagues = range(transfers if isinstance(transfers, int) else 0)
    return Call(
        call_id=call_id,
        stem=f"{agent}_{start:%Y%m%d%H%M%S}_{number}",
        key=rng.key("record", call_id),
        start=start,
        record=dict(record),
        agent=_speaker("agent", agent),
        customer=_speaker("customer", customer),
        colleagues=tuple(_speaker("agent", f"{agent} {k + 2}") for k in colleagues),
        scenario_label=str(record.get("scenario") or "").replace("_", " "),
        scenario_doc="",
        scenes=(),
        acts={},
    )


def _start(record: Mapping[str, Value], place: str) -> datetime:
    text = str(record.get("start") or f"{record['date']}T12:00:00")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise WorldError(f"{place}: `{text}` is no date and time; write it like 2025-09-01T08:30:00") from error


def _speaker(role: str, name: str) -> Speaker:
    who = rng.key(role, name)
    gender = "female" if rng.u(who, "gender") < 0.5 else "male"
    cast = {
        ("agent", "female"): ("nova", "shimmer"),
        ("agent", "male"): ("alloy", "onyx"),
        ("customer", "female"): ("coral", "fable"),
        ("customer", "male"): ("ash", "echo", "sage"),
    }[role, gender]
    pitch = round(0.96 + 0.08 * rng.u(who, "pitch"), 3)
    return Speaker(name, name.replace("_", " "), role, gender, rng.pick(cast, who, "voice"), pitch)
