"""Blocks of all layers -> those that stand: each declared once, removals done, overrides after what they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from compiler.diag import Diagnostic
from compiler.lang import errors
from compiler.lang.outline import Block
from compiler.lang.parse import sentence
from compiler.lang.relations import BASE, Relations
from compiler.lang.schema import KINDS
from compiler.lang.suggest import nearest
from compiler.lang.syntax import Name, Sentence

_FAMILY = {
    "choice": "field", "kpi": "field", "flag": "field", "decide": "field", "fact": "field", "checks": "field",
    "holiday": "field", "payday": "field", "incident": "field", "campaign": "field", "wait peak": "field",
    "aftermath": "field",
}  # fmt: skip
_ALWAYS_THERE = ("calendar", "volume", "audio")

Identity = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The blocks that are declared (each once, its `override` blocks after it), and what was found."""

    blocks: tuple[Block, ...]
    found: tuple[Diagnostic, ...]


def identity(block: Block) -> Identity:
    """Two blocks of one identity are the same thing; fields and events share their names."""
    words = block.kind.words
    if words in ("check", "phase") and block.parent is not None:
        return words, block.parent.id, block.id
    return _FAMILY.get(words, words), block.id


def standing(blocks: Sequence[Block], relations: Relations) -> Standing:
    """Applies the removals of blocks, and checks that each block is declared once and overridden only if it is."""
    work = _Work(relations, any(block.layer < BASE and block.line.file in relations.packs for block in blocks))
    for block in sorted(blocks, key=lambda block: (block.layer, not block.removes)):
        work.take(block)
    for block, first in work.disputed.values():
        if block.parent is None or identity(block.parent) not in work.disputed:
            names = relations.names(_place(block), _place(first))
            work.found.append(errors.packs_both_declare(block, first, names))
    doubled = work.doubled | set(work.disputed)
    kept = [block for block in work.kept if not work.is_echo(block)]
    whole = [replace(block, broken=block.broken or identity(block) in doubled) for block in kept]
    return Standing(tuple(whole), tuple(work.found))


def _place(block: Block) -> tuple[int, str]:
    return block.layer, block.line.file


@dataclass(slots=True)
class _Work:
    """`disputed`: declared by two packs and not decided yet; `doubled`: declared twice, so that the second may hold
    what is missed in the first; `removed`: by which block."""

    relations: Relations
    packs: bool  # whether there is a layer below the project
    found: list[Diagnostic] = field(default_factory=list)
    kept: list[Block] = field(default_factory=list)
    declared: dict[Identity, Block] = field(default_factory=dict)
    disputed: dict[Identity, tuple[Block, Block]] = field(default_factory=dict)
    doubled: set[Identity] = field(default_factory=set)
    removed: dict[Identity, Block] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        first = self.declared.get(identity(block))
        if self._has_nothing_below(block, first):
            word = "remove" if block.removes else "override"
            self.found.append(errors.override_in_base(block.line.span(), word))
        elif block.removes:
            self._remove(block, first)
        elif first is None:
            self._declare(block)
        elif block.override or (_under_override(block) and block.layer > first.layer):
            self.disputed.pop(identity(block), None)
            changed = self._without_checks(block) if block.kind.words == "checks" else block
            self.kept.append(changed)
        else:
            self._again(block, first)

    def _has_nothing_below(self, block: Block, first: Block | None) -> bool:
        """Whether the block changes something, but no layer is below its own."""
        if not (block.override or block.removes) or block.layer > BASE or not _speaks_for_itself(block):
            return False
        if first is None:
            return not self.packs
        return first.layer >= block.layer

    def _declare(self, block: Block) -> None:
        removal = self.removed.get(identity(block))
        if removal is not None and self.relations.beside(_place(block), _place(removal)):
            names = self.relations.names(_place(block), _place(removal))
            self.found.append(errors.overlays_both_declare(block, removal, names))
        elif block.override and block.kind.words not in _ALWAYS_THERE:
            self.found.append(errors.no_block_to_override(block, self._like(block)))
        else:
            self.declared[identity(block)] = block
            self.kept.append(block)

    def _again(self, block: Block, first: Block) -> None:
        """A second declaration."""
        match self.relations.beside(_place(block), _place(first)):
            case "packs":
                self.disputed.setdefault(identity(block), (block, first))
                self.kept.append(block)
                return
            case "overlays":
                names = self.relations.names(_place(block), _place(first))
                self.found.append(errors.overlays_both_declare(block, first, names))
            case None:
                self.found.append(errors.declared_twice(block, first))
        self.doubled.add(identity(block))

    def is_echo(self, block: Block | None) -> bool:
        """Whether all that the block says is disputed as a whole."""
        while block is not None:
            if identity(block) in self.disputed and _place(block) == _place(self.disputed[identity(block)][0]):
                return True
            block = block.parent
        return False

    def _like(self, block: Block) -> str | None:
        return nearest(block.id, [known[-1] for known in self.declared if known[0] == identity(block)[0]])

    # ------------------------------------------------------------------------------------------- remove

    def _remove(self, removal: Block, first: Block | None) -> None:
        """Takes the block away with all that it holds: of one pack, where the line names its prefix."""
        mine = identity(removal)
        pack = self._pack_of(removal)
        gone = [block for block in self.kept if _belongs(block, mine) and pack in ("", block.line.file)]
        if first is None or not gone:
            self._nothing_to_remove(removal)
            return
        for block in gone:
            if self.relations.beside(_place(removal), _place(block)) == "overlays":
                names = self.relations.names(_place(removal), _place(block))
                self.found.append(errors.overlays_both_declare(removal, block, names))
                return
        self.kept = [block for block in self.kept if block not in gone]
        for each in {identity(block) for block in gone}:
            self.disputed.pop(each, None)
            self.declared.pop(each, None)
            self.removed[each] = removal
        for block in self.kept:
            self.declared.setdefault(identity(block), block)

    def _without_checks(self, block: Block) -> Block:
        """Takes away the checks that the block names in `remove` lines; the block without those lines."""
        left = []
        for statement in block.statements:
            said = statement.said
            check = ("check", block.id, " ".join(said.words))
            if said.form == "remove" and not statement.conditions and check in self.declared:
                line, head = statement.line, replace(said, form="remove")
                self._remove(Block(KINDS["check"], check[2], None, line, head, block.layer, block), block)
            else:
                left.append(statement)
        return replace(block, statements=tuple(left))

    def _nothing_to_remove(self, removal: Block) -> None:
        before = self.removed.get(identity(removal))
        if before is not None and self.relations.beside(_place(removal), _place(before)):
            return  # two overlays take the same thing away: nothing to disagree about
        what = f"no {removal.title}"
        self.found.append(errors.nothing_to_remove(removal.id_span(), what, self._like(removal)))

    def _pack_of(self, removal: Block) -> str:
        """The file of the pack whose prefix the line names, "" where it names none."""
        said = sentence(removal.line.text)
        name = said.head[-1] if isinstance(said, Sentence) and said.head else None
        if isinstance(name, Name) and len(name.parts) > 1:
            return self.relations.prefixes.get(name.parts[0], "")
        return ""


def _speaks_for_itself(block: Block) -> bool:
    return block.parent is None or not _under_override(block.parent)


def _under_override(block: Block | None) -> bool:
    while block is not None:
        if block.override:
            return True
        block = block.parent
    return False


def _belongs(block: Block | None, thing: Identity) -> bool:
    while block is not None:
        if identity(block) == thing:
            return True
        block = block.parent
    return False
