"""Which form of an answer a request prefers.

Preserves: `request.accept_mimetypes.best_match(...)`, `request.accept_languages.best_match(...)` and `in` of both.

To live without it: answer in one form, or compare `request.headers["accept"]` with what you offer.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from .header_lists import list_items

PARAMETER = re.compile(r""";[ \t]*([\w!#$%&'*+\-.^`|~]+)=([\w!#$%&'*+\-.^`|~]+|"(?:[^"\\]|\\.)*")?""", re.ASCII)
QUALITY = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

Accepted = Sequence[tuple[str, float]]
Fits = Callable[[str, str], bool]


def best_match(header: str | None, matches: Iterable[str], default: str | None = None) -> str | None:
    """`request.accept_mimetypes.best_match(matches, default)`, of an `Accept` header.

    Raises `ValueError` for a match that is no type.
    """
    return best_of(parse_accept(header, media_specificity), matches, media_fits, media_specificity) or default


def accepts(header: str | None, mimetype: str) -> bool:
    """`mimetype in request.accept_mimetypes`; raises `ValueError` for no type."""
    return any(media_fits(mimetype, item) for item, _ in parse_accept(header, media_specificity))


def best_language(header: str | None, matches: Sequence[str], default: str | None = None) -> str | None:
    """`request.accept_languages.best_match(matches, default)`, of an `Accept-Language` header.

    Without an exact match the primary tag of what is accepted counts, then that of what there is.
    """
    accepted = parse_accept(header, specificity)
    primary = [(primary_tag(item), quality) for item, quality in accepted]
    if found := best_of(accepted, matches, language_fits, specificity) or best_of(primary, matches, fits, specificity):
        return found
    found = best_of(accepted, [primary_tag(match) for match in matches], language_fits, specificity)
    return next((match for match in matches if found and match.startswith(found)), default)


def parse_accept(header: str | None, rank: Callable[[str], tuple[bool, ...]]) -> list[tuple[str, float]]:
    """What a header accepts, with the quality; the most specific first. Items with a wrong quality are left out."""
    accepted = []
    for item in list_items(header or ""):
        quality = "1"
        parameters = []
        name, separator, rest = item.partition(";")
        for key, text in PARAMETER.findall(separator + rest):
            if key.lower() == "q":
                quality = text.strip('"').strip(" \t")
            elif text:
                parameters.append(f"; {key.lower()}={text}")
        if QUALITY.fullmatch(quality) and 0 <= float(quality) <= 1:
            accepted.append((name.strip() + "".join(parameters), float(quality)))
    return sorted(accepted, key=lambda one: (rank(one[0]), one[1]), reverse=True)


def best_of(accepted: Accepted, matches: Iterable[str], fits: Fits, rank: Callable[[str], tuple[bool, ...]]) -> str:
    """The match of the highest quality, then of the most specific pattern; empty where there is none."""
    best, best_quality, best_rank = "", -1.0, (-1,)  # type: str, float, tuple[int, ...]
    for match in matches:
        found = next(((item, quality) for item, quality in accepted if fits(match, item)), None)
        if found is None or found[1] <= 0 or found[1] < best_quality:
            continue
        if found[1] > best_quality or rank(found[0]) > best_rank:
            best, best_quality, best_rank = match, found[1], rank(found[0])
    return best


def specificity(item: str) -> tuple[bool, ...]:
    """How much a pattern says: `*` nothing."""
    return (item != "*",)


def media_specificity(item: str) -> tuple[bool, ...]:
    """How much a pattern such as `text/*` says."""
    return tuple(part != "*" for part in media_parts(item))


def media_parts(item: str) -> list[str]:
    """Type, subtype and parameters."""
    return re.split(r"/|(?:[ \t]*;[ \t]*)", item)


def media_fits(offered: str, item: str) -> bool:
    """Whether a pattern takes a type; raises `ValueError` for what is offered and is no type."""
    if "/" not in item:
        return False
    if "/" not in offered:
        raise ValueError(f"invalid mimetype {offered!r}")
    kind, subtype, *parameters = media_parts(offered.lower())
    item_kind, item_subtype, *item_parameters = media_parts(item.lower())
    if kind == "*" and subtype != "*":
        raise ValueError(f"invalid mimetype {offered!r}")
    if item_kind == "*" and item_subtype != "*":
        return False
    if item_kind == "*" or kind == "*":
        return True
    same = subtype == item_subtype and sorted(parameters) == sorted(item_parameters)
    return kind == item_kind and ("*" in (item_subtype, subtype) or same)


def fits(offered: str, item: str) -> bool:
    """Whether a pattern takes a value, whatever their case."""
    return item == "*" or item.lower() == offered.lower()


def language_fits(offered: str, item: str) -> bool:
    """Whether a pattern takes a language: `en-GB` and `en_gb` are one."""
    return fits(offered.replace("_", "-"), item.replace("_", "-"))


def primary_tag(language: str) -> str:
    """`en` of `en-GB`."""
    return re.split("[_-]", language, maxsplit=1)[0]
