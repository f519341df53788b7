"""Which form of an answer a request prefers.

Preserves: `request.accept_mimetypes`, `accept_languages`, `accept_charsets` and `accept_encodings`, as lists of
`(value, quality)` with their `best_match`, `best`, `quality` and `in`.

To live without it: answer in one form, or compare `request.headers["accept"]` with what you offer.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence

from fastapi import Request

from .header_lists import list_items

PARAMETER = re.compile(r""";[ \t]*([\w!#$%&'*+\-.^`|~]+)=([\w!#$%&'*+\-.^`|~]+|"(?:[^"\\]|\\.)*")?""", re.ASCII)
QUALITY = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Accepted(list[tuple[str, float]]):
    """What a header accepts with the quality, the most specific first; items with a wrong quality are left out."""

    def __init__(self, header: str | None) -> None:
        super().__init__(sorted(parse(header), key=lambda one: (self.specificity(one[0]), one[1]), reverse=True))
        self.provided = bool(header)

    def specificity(self, item: str) -> tuple[bool, ...]:
        """How much a pattern says: `*` nothing."""
        return (item != "*",)

    def fits(self, offered: str, item: str) -> bool:
        """Whether a pattern takes a value."""
        return item == "*" or item.lower() == offered.lower()

    def __getitem__(self, key: object) -> float:  # type: ignore[override]  # a value's quality comes first here
        if isinstance(key, str):
            return self.quality(key)
        return super().__getitem__(key)  # type: ignore[call-overload, no-any-return]  # a position, as in any list

    def __contains__(self, value: object) -> bool:
        return any(self.fits(str(value), item) for item, _ in self)

    def __str__(self) -> str:
        return self.to_header()

    def quality(self, key: str) -> float:
        """The quality of a value, 0 where it is not accepted."""
        return next((quality for item, quality in self if self.fits(key, item)), 0)

    def find(self, key: str) -> int:
        """The place of the pattern that takes a value, -1 where there is none."""
        return next((place for place, (item, _) in enumerate(self) if self.fits(key, item)), -1)

    def values(self) -> Iterator[str]:
        """The patterns."""
        return (item for item, _ in self)

    def to_header(self) -> str:
        """The list as the text of a header."""
        return ",".join(item if quality == 1 else f"{item};q={quality}" for item, quality in self)

    @property
    def best(self) -> str | None:
        """The first pattern."""
        return super().__getitem__(0)[0] if self else None

    def best_match(self, matches: Iterable[str], default: str | None = None) -> str | None:
        """The match of the highest quality, then of the most specific pattern; of equal ones the first."""
        return best_of(self, self, matches) or default


class AcceptedTypes(Accepted):
    """Media types; a value of the application's that is no type raises `ValueError`."""

    def specificity(self, item: str) -> tuple[bool, ...]:
        """How much a pattern such as `text/*` says."""
        return tuple(part != "*" for part in media_parts(item))

    def fits(self, offered: str, item: str) -> bool:
        """Whether a pattern takes a type."""
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

    @property
    def accept_json(self) -> bool:
        """Whether JSON is accepted."""
        return self.find("application/json") >= 0

    @property
    def accept_xhtml(self) -> bool:
        """Whether XHTML is accepted."""
        return self.find("application/xhtml+xml") >= 0 or self.find("application/xml") >= 0

    @property
    def accept_html(self) -> bool:
        """Whether HTML is accepted."""
        return self.find("text/html") >= 0 or self.accept_xhtml


class AcceptedLanguages(Accepted):
    """Languages: `en-GB` and `en_gb` are one."""

    def fits(self, offered: str, item: str) -> bool:
        """Whether a pattern takes a language."""
        return super().fits(offered.replace("_", "-"), item.replace("_", "-"))

    def best_match(self, matches: Iterable[str], default: str | None = None) -> str | None:
        """Without an exact match the primary tag of what is accepted counts, then that of what there is."""
        matches = list(matches)
        primary = [(primary_tag(item), quality) for item, quality in self]
        if found := best_of(self, self, matches) or best_of(Accepted(None), primary, matches):
            return found
        found = best_of(self, self, [primary_tag(match) for match in matches])
        return next((match for match in matches if found and match.startswith(found)), default)


class AcceptedCharsets(Accepted):
    """Character sets: `utf8` and `UTF-8` are one."""

    def fits(self, offered: str, item: str) -> bool:
        """Whether a pattern takes a character set."""
        return item == "*" or charset(offered) == charset(item)


def accept_mimetypes(request: Request) -> AcceptedTypes:
    """`request.accept_mimetypes`."""
    return AcceptedTypes(request.headers.get("accept"))


def accept_languages(request: Request) -> AcceptedLanguages:
    """`request.accept_languages`."""
    return AcceptedLanguages(request.headers.get("accept-language"))


def accept_charsets(request: Request) -> AcceptedCharsets:
    """`request.accept_charsets`."""
    return AcceptedCharsets(request.headers.get("accept-charset"))


def accept_encodings(request: Request) -> Accepted:
    """`request.accept_encodings`."""
    return Accepted(request.headers.get("accept-encoding"))


def parse(header: str | None) -> Iterator[tuple[str, float]]:
    """The items of a header with their quality."""
    for item in list_items(header or ""):
        quality: str | None = None
        parameters = []
        name, separator, rest = item.partition(";")
        for key, text in PARAMETER.findall(separator + rest):
            if key.lower() == "q":
                quality = text.strip('"').strip(" \t")
            elif text:
                parameters.append(f"; {key.lower()}={text}")
        shown = name.strip() + "".join(parameters)
        if quality is None:
            yield shown, 1  # an int, which JSON shows as one
        elif QUALITY.fullmatch(quality) and 0 <= float(quality) <= 1:
            yield shown, float(quality)


def best_of(kind: Accepted, accepted: Sequence[tuple[str, float]], matches: Iterable[str]) -> str | None:
    """The best of `matches` by what is accepted, compared as that kind of header is."""
    best, best_quality, best_rank = None, -1.0, (-1,)  # type: str | None, float, tuple[int, ...]
    for match in matches:
        found = next(((item, quality) for item, quality in accepted if kind.fits(match, item)), None)
        if found is None or found[1] <= 0 or found[1] < best_quality:
            continue
        if found[1] > best_quality or kind.specificity(found[0]) > best_rank:
            best, best_quality, best_rank = match, found[1], kind.specificity(found[0])
    return best


def media_parts(item: str) -> list[str]:
    """Type, subtype and parameters."""
    return re.split(r"/|(?:[ \t]*;[ \t]*)", item)


def primary_tag(language: str) -> str:
    """`en` of `en-GB`."""
    return re.split("[_-]", language, maxsplit=1)[0]


def charset(name: str) -> str:
    """A character set under its one name."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()
