"""`--set PATH=VALUE`: a line of the spec, said on the command line, with the same checks as any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.lang import errors
from compiler.lang.layers import SETS
from compiler.lang.outline import Block, Outline, Statement
from compiler.lang.schema import KINDS, Kind, kind_of
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence
from compiler.lang.tree import Line

_VERBS = ("starts at", "starts as", "stays within", "is")  # lines that are no settings


def as_line(text: str) -> str:
    """`volume.scale=5%` as the line that messages show: `volume.scale: 5%`; `flag.FCR.starts at 80%` for verbs."""
    path, _, value = text.replace("\n", " ").partition("=")
    verb = _spaced(path.rpartition(".")[2].strip()) in _VERBS
    return f"{path.strip()}{'' if verb else ':'} {value.strip()}"


def settings(outline: Outline, sets: Sequence[str], layer: int) -> list[Block]:
    """A block with one overriding line for each `PATH=VALUE`."""
    found = [_Setting(outline, number, text, layer).block() for number, text in enumerate(sets, 1)]
    return [block for block in found if block is not None]


def _spaced(word: str) -> str:
    return word.replace("_", " ")


class _Setting:
    """One `PATH=VALUE` on its way to a block."""

    def __init__(self, outline: Outline, number: int, text: str, layer: int) -> None:
        self.outline, self.number, self.layer = outline, number, layer
        path, _, value = text.partition("=")
        self.path, self.value = path.strip(), value.strip()
        self.whole = Line(SETS, number, 1, as_line(text))

    def block(self) -> Block | None:
        """None where the path names nothing (reported), or the line cannot be read."""
        parts = [part.strip() for part in self.path.split(".")]
        home, rest = self._home(parts)
        if home is None or not self.value or not (rest or home.kind.words == "check"):
            guess = None if home is not None else self._guess(parts)
            self.outline.found.append(errors.set_names_nothing(self.whole, self.path, bool(self.value), guess))
            return None
        statement = self._statement(home.kind, rest)
        return None if statement is None else replace(home, statements=(statement,))

    def _guess(self, parts: list[str]) -> str | None:
        """The block that was probably meant."""
        known = kind_of((_spaced(parts[0]),)) or kind_of(tuple(_spaced(parts[0]).split(" ")))
        if known is not None and len(parts) > 1:
            guess = nearest(parts[1], [block.id for block in self._blocks(known[0])])
            return f"{parts[0]}.{guess}" if guess else None
        kinds = [kind.words.replace(" ", "_") for kind in KINDS.values() if kind.id == "none"]
        return nearest(parts[0], [*kinds, "dataset", *(block.id for block in self.outline.blocks if block.id)])

    # ------------------------------------------------------------------------------------------- the block

    def _home(self, parts: list[str]) -> tuple[Block | None, list[str]]:
        """The block that the path leads into, and what is left of the path."""
        home: Block | None = None
        rest = parts
        while rest:
            step = self._step(rest, home)
            if step is None:
                break
            home, used = step
            rest = rest[used:]
        return home, rest

    def _step(self, parts: list[str], outer: Block | None) -> tuple[Block, int] | None:
        """The next block of the path, and how many words name it."""
        kind = KINDS.get(_spaced(parts[0]))
        setting = outer is not None and outer.kind.setting(_spaced(" ".join(parts))) is not None
        if kind is not None and not setting:
            return self._of_kind(kind, parts, outer)
        inside = [block for block in self._blocks() if block.id == parts[0] and _may_stand(block, outer)]
        return (self._made(inside[0].kind, parts[0], outer), 1) if inside and not setting else None

    def _of_kind(self, kind: Kind, parts: list[str], outer: Block | None) -> tuple[Block, int] | None:
        if kind.id == "none":
            return self._made(kind, "", outer), 1
        same = [block for block in self._blocks(kind) if _may_stand(block, outer)]
        if len(parts) > 1 and any(block.id == parts[1] for block in same):
            return self._made(kind, parts[1], outer), 2
        if len({block.id for block in same}) == 1 and len(parts) > 1 and kind.setting(_spaced(parts[1])) is not None:
            return self._made(kind, same[0].id, outer), 1
        return None

    def _blocks(self, kind: Kind | None = None) -> list[Block]:
        return [block for block in self.outline.blocks if not block.removes and kind in (None, block.kind)]

    def _made(self, kind: Kind, identity: str, outer: Block | None) -> Block:
        at = (0, len(self.path))
        head = Sentence("entry", (Name((identity or kind.words,), at),), override=True, at=at)
        return Block(kind, identity, None, self.whole, head, self.layer, outer)

    # ------------------------------------------------------------------------------------------- its line

    def _statement(self, kind: Kind, rest: list[str]) -> Statement | None:
        """`volume.by_weekday.Mon` is a row of its list, a check without more is its chance; all else is a setting."""
        if kind.words == "check" and not rest:
            said = self._read(rest, f"starts at {self.value}", len(self.whole.text) - len(f"starts at {self.value}"))
            return None if said is None else Statement(*said)
        words = _spaced(" ".join(rest))
        if words in _VERBS:
            said = self._read(rest, f"{words} {self.value}", len(self.path) - len(rest[-1]))
            return None if said is None else Statement(*said)
        said = self._read(rest, f"{rest[-1]}: {self.value}", len(self.path) - len(rest[-1]))
        if said is None:
            return None
        line, sentence = said
        if sentence.form != "setting" or not sentence.values:
            self.outline.found.append(errors.set_names_nothing(self.whole, self.path, False, None))
            return None
        at = sentence.head[0].at
        if kind.words == "volume" and len(rest) == 2 and _spaced(rest[0]) == "by weekday":
            list_ = Sentence("entry", (Name(("by",)), Name(("weekday",))), at=sentence.at)
            return Statement(line, list_, (), (Statement(line, replace(sentence, head=(Name((rest[1],), at),))),))
        name = rest[0] if len(rest) == 1 and kind.setting(rest[0]) is not None else words
        head = tuple(Name((word,), at) for word in _words(kind, name, rest))
        return Statement(line, replace(sentence, override=False, head=head))

    def _read(self, rest: list[str], text: str, column: int) -> tuple[Line, Sentence] | None:
        line = Line(SETS, self.number, max(column, 0) + 1, text)
        said = self.outline.read(line)
        return None if said is None else (line, said)


def _words(kind: Kind, name: str, rest: list[str]) -> list[str]:
    """The setting's words; of `hours of Early_Bird` the last one is a name and keeps its underscore."""
    first = _spaced(rest[0])
    setting = kind.setting(first.rpartition(" ")[0])
    if len(rest) == 2 and (kind.setting(first) or setting):
        return [*first.split(" "), rest[1]]
    return name.split(" ")


def _may_stand(block: Block, outer: Block | None) -> bool:
    """Whether the block is one that the path may lead to: anything at first, then what stands inside."""
    if outer is None:
        return block.kind.words not in ("phase", "check")
    above = block.parent
    while above is not None:
        if (above.kind, above.id) == (outer.kind, outer.id):
            return True
        above = above.parent
    return False
