"""Names of the old files -> ids of Callsheet, with the old name kept as the label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NOT_WORD = re.compile(r"\W+")
_BETWEEN = re.compile(r"\s*\d[\d_.,']*\s*[-–—]\s*(\d[\d_.,']*)\s*")
_RESERVED = ("when", "and", "or", "not", "rest", "otherwise", "only", "starts", "rises", "falls", "is", "becomes",
             "stays", "override", "remove", "use", "in", "of", "to", "over")  # fmt: skip


def identifier(name: str) -> str:
    """`Online-Banking` -> Online_Banking, `<100` -> under_100, `100–1000` -> to_1000, `>5000` -> over_5000."""
    plain = name.strip()
    between = _BETWEEN.fullmatch(plain)
    if between:
        plain = f"to_{between.group(1)}"
    for sign, word in (("<=", "up_to_"), (">=", "from_"), ("<", "under_"), (">", "over_")):
        if plain.startswith(sign):
            plain = word + plain.removeprefix(sign)
            break
    word = _NOT_WORD.sub("_", plain).strip("_") or "value"
    word = f"n_{word}" if word[0].isdigit() else word
    return f"{word}_" if word in _RESERVED else word


@dataclass(frozen=True, slots=True)
class Ids:
    """Old name -> id, in the order of the file; no two names share an id."""

    of: dict[str, str]

    def __contains__(self, name: str) -> bool:
        return name in self.of

    def __getitem__(self, name: str) -> str:
        return self.of[name]

    def titled(self, name: str) -> str:
        """The id as it stands in a declaration: followed by the old name where that does not follow from the id."""
        word = self.of[name]
        return word if name in (word, word.replace("_", " ")) else f'{word} "{escaped(name)}"'


def escaped(text: str) -> str:
    """A text as it stands between quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def ids(names: Iterable[str], lower: bool = False) -> Ids:
    """`lower` for what is written in lower case by the contract (channels, languages)."""
    found: dict[str, str] = {}
    for name in names:
        word = identifier(name.lower() if lower else name)
        number = 2
        while word in found.values():
            word, number = f"{identifier(name)}_{number}", number + 1
        found[name] = word
    return Ids(found)
