"""Sentences about names that nothing is called."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.diag import Diagnostic, Fix
from compiler.lang import syntax as s
from compiler.lang.errors.wording import a, diagnostic, listed, meant, replacing
from compiler.source import Span

if TYPE_CHECKING:
    from compiler.lang.schema import Kind
    from compiler.lang.tree import Line


def unknown_name(span: Span, name: str, guess: str | None) -> Diagnostic:
    if name == "Silence_ratio":
        return diagnostic("E0201", "`Silence_ratio` is measured in the finished call, never written", span, "",
                          "write about `Silence_total_seconds`")  # fmt: skip
    return diagnostic("E0201", f"I know nothing called `{name}`", span, _foreign_letter(name, guess), meant(guess),
                      fixes=replacing(span, guess))  # fmt: skip


def _foreign_letter(name: str, guess: str | None) -> str:
    """What eyes cannot see: a letter of another script in a name that else is the one that was meant."""
    if guess is None or len(guess) != len(name):
        return ""
    other = [(sign, right) for sign, right in zip(name, guess, strict=True) if sign != right]
    if not other or any(_script(sign) == _script(right) for sign, right in other):
        return ""
    return f"the letter `{other[0][0]}` in it is {_script(other[0][0])}"


def _script(letter: str) -> str:
    """`Latin`, `Cyrillic`, `Greek` …"""
    return unicodedata.name(letter, "unknown").split()[0].capitalize()


def unknown_of(
    line: Line, node: s.Node, what: str, guess: str | None, code: str, legal: Sequence[str]
) -> Diagnostic:
    span, word = line.span(node.at), s.word_of(node)
    if code == "E0701":
        message = f"voice `{word}` is not in the cast"
        return diagnostic(code, message, span, "", meant(guess) or f"the cast: {listed(legal)}",
                          fixes=replacing(span, guess))  # fmt: skip
    hint = meant(guess)
    if not hint and legal:
        hint = f"there is: {listed(sorted(legal))}"
    if what == "an act" and not guess:
        hint = f'declare it: `act {word} "what the agent does"`'
    return diagnostic(code, f"I know no {what.split(' ', 1)[1]} called `{word}`", span, "", hint,
                      fixes=replacing(span, guess))  # fmt: skip


def unknown_member(
    line: Line, node: s.Node, choice: str, members: Sequence[str], holders: Sequence[str]
) -> Diagnostic:
    from compiler.lang.suggest import nearest

    span = line.span(node.at)
    word = s.word_of(node) or line.text[node.at[0] : node.at[1]]
    guess = nearest(word.strip('"'), members) or _beginning(word, members)
    hint = meant(guess) or (f"its values: {listed(members)}" if members else "it has no values")
    if isinstance(node, s.Binary) and node.op == "-":
        stretch = ", a stretch `Mon..Fri`" if choice == "weekday" else ""
        hint = f"several are written `({', '.join(members[:2])})`{stretch}"
    others = [name for name in holders if name != choice]
    label = f"a value of {listed(others)}" if others else ""
    return diagnostic("E0203", f"`{word}` is not a value of `{choice}`", span, label, hint,
                      fixes=replacing(span, guess))  # fmt: skip


def _beginning(word: str, members: Sequence[str]) -> str | None:
    """The value that the word begins with: `Monday`."""
    return next((name for name in members if len(name) > 2 and word.lower().startswith(name.lower())), None)


def member_without_choice(line: Line, node: s.Node, holders: Sequence[str]) -> Diagnostic:
    word, span = s.word_of(node), line.span(node.at)
    if len(holders) > 1:
        both = " and ".join(a(name) for name in holders)
        return diagnostic("E0202", f"`{word}` is {both}", span, "", f"write `{holders[0]}.{word}`")
    return diagnostic("E0202", f"`{word}` is {a(holders[0])}; outside its block it needs its name in front", span, "",
                      f"write `{holders[0]}.{word}`", fixes=[Fix(span, f"{holders[0]}.{word}", True)])  # fmt: skip


def unknown_block(span: Span, word: str, guess: str | None, legal: Sequence[str]) -> Diagnostic:
    hint = meant(guess) or f"blocks begin with: {listed(legal, 40)}"
    return diagnostic("E0210", f"`{word}` does not begin a block", span, "", hint, fixes=replacing(span, guess))


def unknown_setting(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    from compiler.lang.suggest import nearest

    name, span = " ".join(said.words), line.span(said.head_at)
    legal = [setting.name for setting in kind.settings]
    guess = nearest(name, legal)
    takes = f"{kind.words} takes: {listed(legal, 20)}" if legal else f"a {kind.words} has no settings"
    if kind.words == "decide":
        value = s.word_of(said.values[0]) if said.values else ""
        row = f"otherwise {value or 'Name'}" if name == "otherwise" else f"{name} when …"
        takes = f"a row is written `{row}`"
    elif name in ("from", "to", "date", "dates", "day", "days", "start", "end") and kind.setting("on"):
        guess, takes = None, "its days are written `on: 2025-09-01..2025-09-10`"
    return diagnostic("E0211", f"`{name}` is not a setting of `{kind.words}`", span, "",
                      f"{meant(guess)} {takes}".strip() if guess else takes, fixes=replacing(span, guess))  # fmt: skip


def unknown_line(line: Line, said: s.Sentence, kind: Kind) -> Diagnostic:
    name, span = " ".join(said.words), line.span(said.head_at)
    legal = [setting.name for setting in kind.settings]
    slip = _slip(name, kind)
    if slip:
        return diagnostic("E0124", f"`{name}` cannot stand here", span, "", meant(slip))
    hint = f"a setting is written `{said.words[0]}: …`" if said.words[0] in legal or name in legal else ""
    if said.words[0] == "only" and said.guard is None:
        hint = "write `only when` and a condition"
    if said.words[0] in ("else", "otherwise", "elif", "sonst"):
        hint = "a line without `when` is the default; write `when not …` for the opposite of a condition"
    if not hint and legal:
        hint = f"{kind.words} takes: {listed(legal, 20)}"
    return diagnostic("E0124", f"`{name}` cannot stand here", span, "", hint)


_VERBS: dict[str, tuple[str, ...]] = {
    "starts": ("starts at", "starts as"), "within": ("stays within",), "is": ("is",), "only when": ("only when",),
    "effects": ("rises by", "falls by", "is multiplied by", "becomes"),
}  # fmt: skip
_ANSWERS = {"raise": "rises by", "increase": "rises by", "drop": "falls by", "decrease": "falls by", "grow": "rises by"}


def _slip(name: str, kind: Kind) -> str:
    """The line that was probably meant by a verb in another form: `start at 10`, `raises by 2`, `if outage`."""
    from compiler.lang.suggest import nearest

    first, *rest = name.split(" ")
    if first in ("if", "wenn", "whenever", "unless", "where") and rest:
        return f"when {'not ' if first == 'unless' else ''}{' '.join(rest)}"
    verbs = [verb for says, verbs in _VERBS.items() if says in kind.says for verb in verbs]
    for count in (1, 2, 3):
        written = " ".join(name.split(" ")[:count])
        verb = nearest(written, verbs) if count > 1 else _ANSWERS.get(first.lower().removesuffix("s").removesuffix("d"))
        if verb in verbs:
            left = rest[count - 1 :] if count > 1 else [word for word in rest if word not in ("by", "at")]
            return " ".join([str(verb), *left])
    return ""


def pack_not_found(line: Line, said: s.Sentence, name: str, guess: str | None) -> Diagnostic:
    hint = f"there is `{guess}`" if guess else "packs lie in the folder `library` beside the spec"
    return diagnostic("E0308", f"pack `{name}` not found", line.span(said.values[0].at), "", hint)


def unknown_function(line: Line, node: s.Call, legal: Sequence[str]) -> Diagnostic:
    from compiler.lang.suggest import nearest

    guess = nearest(node.function, legal)
    span = line.span((node.at[0], node.at[0] + len(node.function)))
    return diagnostic("E0201", f"I know no function `{node.function}`", span, "",
                      meant(guess) or f"there is: {listed(legal)}")  # fmt: skip


def unknown_distribution(line: Line, said: s.Sentence, guess: str | None, legal: Sequence[str]) -> Diagnostic:
    return diagnostic("E0408", f"I know no distribution `{said.distribution}`", line.span(said.at), "",
                      meant(guess) or f"there is: one of, weights, {listed(legal)}")  # fmt: skip


def unknown_place(span: Span, written: str, guess: str | None) -> Diagnostic:
    hint = f"did you mean `{{{guess}}}`?" if guess else ""
    return diagnostic("E0702", f"`{{{written}}}` in a text: no such place", span, "", hint)


def set_names_nothing(line: Line, path: str, valued: bool, guess: str | None) -> Diagnostic:
    if not valued:
        return diagnostic("E0120", f"`--set {path}` has no value", line.span((0, len(path))), "",
                          "write `--set volume.scale=5%`")  # fmt: skip
    return diagnostic("E0201", f"`--set {path}` names no setting of this spec", line.span((0, len(path))), "",
                      meant(guess) or "write block, point, setting: `--set volume.scale=5%`")  # fmt: skip
