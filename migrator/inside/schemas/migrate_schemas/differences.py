"""Where two outcomes of one input differ: field by field, with what either side makes of it.

Outcomes are those of `cases.outcome`. Two differences are of one kind where field, type of what was given, and what
became of it are the same: that decides which of many inputs are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .comparable import agree, written

Path = tuple[Any, ...]
Found = tuple[Path, str, str, str, str]
"""Where, then for both sides what is shown and what it is a kind of: `("age",), "1", "int", "refuses it: …"`."""

TAKEN = "takes it"
ABSENT = "leaves it out"
WHOLE = "_schema"
OTHER = "(unknown key)"
ANY_KEY = "(any key)"
INSIDE = frozenset({"key", "value", "[key]", WHOLE})
"""Where Marshmallow and Pydantic tell of the keys and values of dictionaries."""
NOTHING = object()


def differences(
    first: Any, second: Any, again: Any, given: Any, keys: Mapping[str, str], names: Collection[str] = ()
) -> list[dict[str, Any]]:
    """What differs between two outcomes that do not agree; `again` is the first side's once more.

    `given` is the input, `keys` are the keys of fields by the names that they have in what the outcomes hold; `names`
    are those of all fields, nested ones too: what is called otherwise further inside is the key of a dictionary.
    """
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for path, one, kind, other, other_kind in _found(first, second, again):
        top = next((index for index, part in enumerate(path) if isinstance(part, str)), 0)
        place = tuple(keys.get(part, part) if index == top else part for index, part in enumerate(path))
        known = {*names, *INSIDE}
        inner = (part if index == top or part in known else ANY_KEY for index, part in enumerate(place))
        named = [str(part) for part, one in zip(inner, place, strict=True) if type(one) is not int and one != WHOLE]
        if "Unknown field." in one + other or (keys and named and named[0] not in keys.values()):
            named[-1:] = [OTHER]
        name, held = ".".join(named), _held(given, place)
        is_field = bool(named) and place[-1] != WHOLE and named[-1] != OTHER
        held_kind = "absent" if held is NOTHING else type(held).__name__
        label = (name, held_kind if is_field else "", kind, other_kind)
        found.setdefault(label, {"kind": list(label), "place": name, "marshmallow": one, "pydantic": other})
    return list(found.values())


def _found(first: Any, second: Any, again: Any) -> Iterator[Found]:
    kinds = (first[0], second[0])
    if "raised" in kinds:
        yield (), _ended(first), _ended(first), _ended(second), _ended(second)
    elif kinds == ("value", "value"):
        yield from _of_values((), first[1], second[1], again[1] if again[0] == "value" else first[1])
    else:
        said = [dict(_messages((), one[1])) if one[0] == "refused" else {} for one in (first, second)]
        for path in dict.fromkeys((*said[0], *said[1])):
            if any(_is_told_by_whole(path, texts) for texts in said):
                continue
            one, other = (_answer(texts, outcome, path) for texts, outcome in zip(said, (first, second), strict=True))
            if one != other:
                yield path, *one, *other


def _is_told_by_whole(path: Path, texts: Mapping[Path, str]) -> bool:
    """Whether a side refuses what holds the place, and says nothing of the place itself."""
    if path in texts:
        return False
    return any(path[:count] in texts or (*path[:count], WHOLE) in texts for count in range(len(path)))


def _ended(outcome: Any) -> str:
    return f"raises {outcome[1]}" if outcome[0] == "raised" else "refuses it" if outcome[0] == "refused" else TAKEN


def _answer(texts: Mapping[Path, str], outcome: Any, path: Path) -> tuple[str, str]:
    """What a side says about a place: its messages, or what it made of it."""
    if path in texts:
        return f"refuses it: {texts[path]}", f"refuses it: {texts[path]}"
    value = _value(outcome[1], path) if outcome[0] == "value" else None
    return (f"makes {written(value)} of it" if value is not None else TAKEN), TAKEN


def _value(comparable: Any, path: Path) -> Any:
    for part in path:
        if comparable[0] == "dict":
            comparable = next((one for key, one in comparable[1] if key[1] == part), None)
        elif comparable[0] == "list" and isinstance(part, int) and part < len(comparable[1]):
            comparable = comparable[1][part]
        else:
            return None
        if comparable is None:
            return None
    return comparable


def _messages(path: Path, said: Any) -> Iterator[tuple[Path, str]]:
    """The messages by the way to them."""
    if said[0] != "dict":
        yield path, written(said)
        return
    for key, inner in said[1]:
        yield from _messages((*path, key[1]), inner)


def _of_values(path: Path, first: Any, second: Any, again: Any) -> Iterator[Found]:
    if agree(first, second, again):
        return
    if first[0] == second[0] == "dict":
        before, after, repeated = (dict(one[1]) if one[0] == "dict" else {} for one in (first, second, again))
        for key in dict.fromkeys((*before, *after)):
            inner = (*path, key[1])
            if key in before and key in after:
                yield from _of_values(inner, before[key], after[key], repeated.get(key, before[key]))
            else:
                one, other = (ABSENT if key not in side else f"has {written(side[key])}" for side in (before, after))
                yield inner, one, one if one == ABSENT else "has it", other, other if other == ABSENT else "has it"
        return
    if first[0] == second[0] == "list" and len(first[1]) == len(second[1]):
        same = again[1] if again[0] == "list" and len(again[1]) == len(first[1]) else first[1]
        for index, parts in enumerate(zip(first[1], second[1], same, strict=True)):
            yield from _of_values((*path, index), *parts)
        return
    yield path, f"makes {written(first)} of it", first[0], f"makes {written(second)} of it", second[0]


def _held(given: Any, place: Path) -> Any:
    """What the input has at a place."""
    for part in place:
        if (isinstance(given, Mapping) and part in given) or (
            isinstance(given, list | tuple) and isinstance(part, int) and part < len(given)
        ):
            given = given[part]
        elif isinstance(part, str) and hasattr(given, "__dict__") and part in vars(given):
            given = vars(given)[part]
        elif part == "_schema":
            return given
        else:
            return NOTHING
    return given
