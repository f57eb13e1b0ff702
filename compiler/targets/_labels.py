"""The labels of a dialogue whose header somebody edited: its values stand over the record's."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.plan.call import Value


def relabelled(
    record: Mapping[str, Value], planned: Mapping[str, Value], read: Mapping[str, Value]
) -> dict[str, Value]:
    """`record` with each value that the header line `read` has in another way than `planned`; checks inside their
    group. A key that the record does not know is left out."""
    result: dict[str, Value] = dict(record)
    flags = record.get("compliance_flags")
    checks = dict(flags) if isinstance(flags, dict) else {}
    for key, value in read.items():
        if key in planned and planned[key] != value:
            if key in checks:
                checks[key] = str(value)
            elif key in result:
                result[key] = value
    if checks:
        result["compliance_flags"] = checks
    return result
