"""Did you mean: the name nearest to what was written, among those that are legal there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

LONGEST = 100  # characters of a word that may be a slip of another


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The best candidate, None where none is close: at most one slip in three letters, or one name holds the other."""
    return _nearest(word, tuple(sorted(set(candidates)))) if len(word) <= LONGEST else None


@lru_cache(maxsize=4096)
def _nearest(word: str, candidates: tuple[str, ...]) -> str | None:
    best: tuple[float, str] | None = None
    for candidate in candidates:
        score = _likeness(word, candidate)
        if score is not None and (best is None or score > best[0]):
            best = (score, candidate)
    return best[1] if best else None


def _likeness(word: str, candidate: str) -> float | None:
    left, right = _plain(word), _plain(candidate)
    if left == right:
        return 2.0
    longest, shortest = max(len(left), len(right)), min(len(left), len(right))
    if shortest * 2 < longest:  # far too different to be worth the comparison
        return None
    slips = distance(left, right, limit=max(1, longest // 3))
    if slips is not None:
        return 1.0 - slips / longest
    ratio = SequenceMatcher(None, left, right).ratio()
    return ratio - 0.5 if ratio >= 0.75 else None


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace(" ", "")


def distance(left: str, right: str, limit: int) -> int | None:
    """Damerau-Levenshtein (neighbours swapped count one); None beyond `limit`."""
    if abs(len(left) - len(right)) > limit or min(len(left), len(right)) == 0:
        return None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
