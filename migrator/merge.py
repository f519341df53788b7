"""Three-way merge of lines: a hand edit and a new generation, both made from the same generated text.

What only one side changed is taken from it; what both changed alike is taken once; anything else is a conflict
(S. Khanna, K. Kunal, B. C. Pierce, "A Formal Investigation of Diff3", 2007).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, or the places where it cannot be merged: each as lines in git's conflict style."""

    text: str
    conflicts: tuple[str, ...]


def merge(base: str, edited: str, generated: str) -> Merged:
    """Merge `edited` and `generated`, both made from `base`; with conflicts, `text` has those places marked."""
    old, mine, new = (text.splitlines(keepends=True) for text in (base, edited, generated))
    lines: list[str] = []
    conflicts: list[str] = []
    at_old = at_mine = at_new = 0
    for size, old_start, mine_start, new_start in _common(old, mine, new):
        parts = (old[at_old:old_start], mine[at_mine:mine_start], new[at_new:new_start])
        settled = _settled(*parts)
        if settled is None:
            settled = _marked(*parts)
            conflicts.append("".join(settled))
        lines += settled
        lines += old[old_start : old_start + size]
        at_old, at_mine, at_new = old_start + size, mine_start + size, new_start + size
    return Merged("".join(lines), tuple(conflicts))


def _settled(old: Sequence[str], mine: Sequence[str], new: Sequence[str]) -> list[str] | None:
    if list(mine) == list(new) or list(new) == list(old):
        return list(mine)
    return list(new) if list(mine) == list(old) else None


def _common(old: Sequence[str], mine: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that all three share, in order: length, and start in each; at last the ends, with length 0."""
    with_mine = SequenceMatcher(None, old, mine, autojunk=False).get_matching_blocks()
    with_new = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    one = other = 0
    while one < len(with_mine) and other < len(with_new):
        first, second = with_mine[one], with_new[other]
        start = max(first.a, second.a)
        end = min(first.a + first.size, second.a + second.size)
        if start < end:
            yield end - start, start, first.b + start - first.a, second.b + start - second.a
        if first.a + first.size < second.a + second.size:
            one += 1
        else:
            other += 1
    yield 0, len(old), len(mine), len(new)


def _marked(old: Sequence[str], mine: Sequence[str], new: Sequence[str]) -> list[str]:
    return ["<<<<<<< edited\n", *mine, "||||||| generated before\n", *old, "=======\n", *new, ">>>>>>> generated now\n"]
