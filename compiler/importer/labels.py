"""labels.json, value_labels.json -> locales/<tag>/labels.yml and value_labels.yml, keyed by our ids."""

from __future__ import annotations

from collections.abc import Mapping

from compiler import catalog, texttree
from compiler.importer.draft import Draft
from compiler.importer.names import Ids, identifier, ids
from compiler.importer.part import Part
from compiler.places import shipped

TRUTHS = ("true", "false")  # a locale has its own words for yes, no and none
NONE = "None"


def header_labels(part: Part) -> dict[str, str]:
    """File name -> text, one a language."""
    headers = texttree.table(shipped("locales") / catalog.GLOBAL / "labels.yml")
    found = {}
    for tag, table in part.parts().items():
        for key in table.table.rows:
            if key not in headers:
                table.note("name", key, "no header line has this name; its label is kept")
        without_locale(part, tag)
        rows = [f"{key}: {_text(table.text(key))}" for key in table.table.rows]
        found[f"locales/{_tag(tag)}/labels.yml"] = _file(f"Header labels, from the old labels file ({tag}).", rows)
    return found


def without_locale(part: Part, name: str) -> None:
    """Notes a language that the program cannot speak yet."""
    if _tag(name) not in catalog.available((shipped("locales"),)):
        part.note("differs", name, f"there is no locale `{_tag(name)}` yet; it takes locales/{_tag(name)}/ with a"
                                   " locale.yml and phrases")


def value_labels(part: Part, draft: Draft) -> dict[str, str]:
    """File name -> text, one a language. Values that this configuration does not have are noted and kept."""
    members = _members(draft)
    found = {}
    for tag, tables in part.parts().items():
        without_locale(part, tag)
        rows: list[str] = []
        for name, table in tables.parts().items():
            if table and all(value in TRUTHS for value in table.table.rows):
                tables.leave_whole("nothing", name, "a locale says yes and no in its own words")
                continue
            words = _words(name, table, members.get(name))
            if words:
                rows += [f"{name}:", *(f"  {key}: {_text(word)}" for key, word in words.items())]
        title = f"Words for values, from the old value labels ({tag})."
        found[f"locales/{_tag(tag)}/value_labels.yml"] = _file(title, rows)
    return found


def _members(draft: Draft) -> Mapping[str, Ids]:
    """Field -> its members: what the old configuration declares, and what the old program had in its code."""
    old = draft.old

    def of(section: str, key: str, lower: bool = False) -> Ids:
        return ids(old.part(section).part(key).table.rows, lower)

    return {
        "time_of_day_bucket": draft.buckets, "agent_shift": draft.shifts, "customer_segment": draft.segments,
        "channel": draft.channels, "intent": draft.intents, "scenario": draft.scenarios, "product": draft.products,
        "language": of("geo", "language", lower=True), "region": of("geo", "region"),
        "device_type": of("devices", "base"), "amount_bucket": of("products", "amount_buckets"),
        "automation_action_type": of("automation", "action_type"),
        "self_service_potential": of("automation", "self_service_potential"),
        "complaint_category": ids(("WaitTime", "TechnicalIssue", "Fees")),
        "escalation": ids(("None", "IT Ticket", "Supervisor", "Backoffice")),
        "weekday": ids(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")),
    }  # fmt: skip


def _words(name: str, table: Part, members: Ids | None) -> dict[str, str]:
    found = {}
    for value in table.table.rows:
        word = table.text(value)
        if members is None or value in members:
            found[value if members is None else members[value]] = word
        elif value == NONE:
            table.note("nothing", value, "a locale has its own word for none")
        else:
            table.note("name", value, f"there is no {name} `{value}` in the configuration; its word is kept")
            found[identifier(value.lower() if name in ("language", "channel") else value)] = word
    return found


def _tag(text: str) -> str:
    language, _, region = text.strip().replace("_", "-").partition("-")
    return f"{language.lower()}-{region.upper()}" if region else language.lower()


def _text(text: str) -> str:
    """A YAML text in quotation marks: whatever stands in it, it is read back as that."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _file(title: str, rows: list[str]) -> str:
    return "\n".join([f"# {title}", *rows]) + "\n"
