"""The schema and the closed lists of names -> one page on the language, in Markdown. specs/LANGUAGE.md is it, as
committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compiler.lang import acts
from compiler.lang.reference_examples import EXAMPLES
from compiler.lang.reference_words import (
    DISTRIBUTION_DOCS,
    FUNCTION_DOCS,
    INTRODUCTION,
    LINES,
    LITERALS,
    SAYS,
    TYPES,
    UNITS,
)
from compiler.lang.schema import KINDS, Kind, Setting


def reference_page() -> str:
    """The whole page; the same text for the same program."""
    parts = [
        "# The Callsheet language\n\n"
        "Made from the compiler's own tables by `compile reference`. Every example compiles.",
        INTRODUCTION.strip(), _lines(), _literals(), _kinds(), _types(), _distributions(), _names(),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`"


def _lines() -> str:
    rows = [(_code(example), doc) for example, doc in LINES]
    return "## Lines\n\n" + _table(("a line such as", "says"), rows)


def _literals() -> str:
    literals = _table(("written", "is"), [(", ".join(map(_code, examples)), doc) for examples, doc in LITERALS])
    units = _table(("unit", "of"), [(unit.value, doc) for unit, doc in UNITS.items()])
    return f"## Values and units\n\n{literals}\n\nA field has one unit; nothing is converted.\n\n{units}"


# ------------------------------------------------------------------------------------------------ block kinds


def _kinds() -> str:
    groups: dict[tuple[object, ...], list[Kind]] = {}
    for kind in KINDS.values():
        groups.setdefault(_group_key(kind), []).append(kind)
    rows = [(f"[{kind.words}](#{_anchor(kind)})", kind.doc) for kind in KINDS.values()]
    index = _table(("block", "is"), rows)
    return f"## Blocks\n\n{index}\n\n" + "\n\n".join(_group(kinds) for kinds in groups.values())


def _anchor(kind: Kind) -> str:
    """The heading under which the kind stands: that of the first one of its group."""
    like = [each for each in KINDS.values() if _group_key(each) == _group_key(kind)]
    return _heading(like[0])


def _group_key(kind: Kind) -> tuple[object, ...]:
    """Kinds with the same settings are told together."""
    return (kind.settings, kind.says, kind.inside, kind.id) if kind.settings else (kind.words,)


def _heading(kind: Kind) -> str:
    return kind.words.replace(" ", "-")


def _group(kinds: Sequence[Kind]) -> str:
    first = kinds[0]
    parts = [f'<a id="{_heading(first)}"></a>\n\n### {", ".join(kind.words for kind in kinds)}']
    if len(kinds) > 1:
        parts.append("\n".join(f"- {kind.words}: {kind.doc}" for kind in kinds))
    else:
        parts.append(f"{_sentence(first.doc)}.")
    parts.append(_standing(first))
    if first.says:
        parts.append("Lines in it: " + "; ".join(SAYS[say] for say in SAYS if say in first.says) + ".")
    if first.settings:
        head = ("setting", "value", "says", "example")
        parts.append(_table(head, [_row(kinds, setting) for setting in first.settings]))
    if first.any_text:
        parts.append("Any other name may stand as a setting too; its value is a text.")
    parts += [f"```calls\n{EXAMPLES[kind.words].strip()}\n```" for kind in kinds if kind.words in EXAMPLES]
    if first.words not in EXAMPLES:
        parts.append(_elsewhere(first))
    return "\n\n".join(parts)


def _elsewhere(kind: Kind) -> str:
    return f"An example stands under [{_around(kind)}](#{_anchor(KINDS[_around(kind)])})."


def _around(kind: Kind) -> str:
    """The kind in whose example one without its own stands."""
    shown = "\n  " + kind.words
    return next(name for name in kind.inside if shown in EXAMPLES.get(name, "") or kind.words == "check")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _standing(kind: Kind) -> str:
    inside = [name for name in kind.inside if name]
    places = ["at the top of a file"] if "" in kind.inside else []
    places += [f"inside {_either([_code(name) for name in inside])}"] if inside else []
    named = "its name follows" if kind.id == "needed" else "it has no name"
    if kind.words == "check":
        return "One line of `checks`: the check's name and its chance to pass."
    return f"Stands {' or '.join(places)}; {named}."


def _either(names: Sequence[str]) -> str:
    """`a`, `b` or `c`"""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(kinds: Sequence[Kind], setting: Setting) -> tuple[str, ...]:
    marks = [word for said, word in ((setting.required, "needed"), (setting.guarded, "may stand again with `when`"),
                                     (setting.many and not setting.guarded, "may stand several times")) if said]
    doc = setting.doc + (f" ({'; '.join(marks)})" if marks else "")
    return _code(setting.name), f"[{setting.type}](#types)", doc, _code(example_of(kinds, setting))


def example_of(kinds: Sequence[Kind], setting: Setting) -> str:
    """A line of the examples that says this setting. KeyError where there is none."""
    words = f"{setting.name} " if setting.of and setting.name != "by weekday" else setting.name
    for line in _example_lines(kinds):
        if line.startswith(words) and (setting.of or line[len(words) :].startswith(":")):
            return line
    raise KeyError(f"no example says `{setting.name}` of {kinds[0].words}")


def _example_lines(kinds: Sequence[Kind]) -> list[str]:
    """The lines of the kinds' own examples; of a kind that has none, from its header on in the block around it."""
    own = [line.strip() for kind in kinds for line in EXAMPLES.get(kind.words, "").splitlines()]
    if own:
        return own
    lines = [line.strip() for line in EXAMPLES[_around(kinds[0])].splitlines()]
    first = next((n for n, line in enumerate(lines) if line.startswith(f"{kinds[0].words} ")), 0)
    return lines[first:]


# ------------------------------------------------------------------------------------------------ types, names


def _types() -> str:
    used: Mapping[str, None] = dict.fromkeys(setting.type for kind in KINDS.values() for setting in kind.settings)
    return "## Types\n\n" + _table(("type", "written as"), [(name, TYPES[name]) for name in sorted(used)])


def _distributions() -> str:
    rows = [(_code(distribution_line(name)), ", ".join(parameters), DISTRIBUTION_DOCS[name][0])
            for name, parameters in acts.DISTRIBUTIONS.items()]
    return "## Distributions\n\nHow a kpi starts.\n\n" + _table(("line", "parameters", "is"), rows)


def distribution_line(name: str) -> str:
    """`starts as normal, mean 90s, sd 25s`"""
    return f"starts as {name}, {DISTRIBUTION_DOCS[name][1]}"


def _names() -> str:
    told = _table(("act", "the agent"), [(_code(name), text) for name, text in acts.ACTS.items()])
    functions = _table(("function", "is"), [(_code(f"{name}({FUNCTION_DOCS[name][0]})"), FUNCTION_DOCS[name][1])
                                            for name in acts.FUNCTIONS])
    lists = [
        ("yes-or-no names of the calendar", acts.BUILTIN_TRUTHS), ("weekdays", acts.WEEKDAYS),
        ("voices of the cast", acts.VOICES), ("genders", acts.GENDERS),
        ("what a customer keeps without a declaration", acts.CUSTOMER_TRAITS),
        ("ranges of telephone numbers that belong to nobody", acts.NUMBER_RANGES),
        ("measured in the finished call, so nothing can set it", acts.MEASURED),
    ]  # fmt: skip
    named = _table(("what", "names"), [(what, ", ".join(map(_code, names))) for what, names in lists])
    return (f"## Functions\n\n{functions}\n\n## Names that are always there\n\nBesides these: `date`, `time`,"
            " `weekday`, `agent`, `agent.gender`, `agent.language`, `team`.\n\n"
            f"{named}\n\n## Acts\n\n{told}")
