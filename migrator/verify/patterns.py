"""Patterns of text that changes from run to run: clocks, ids and tokens, each held to its own form.

Two texts that ought to be the same are cut into tokens (a date and time is one, so is a UUID); where they differ, the
pattern takes any token of that form. A date that turns from ISO into another form is still a difference.
"""

import re
from difflib import SequenceMatcher

HTTP_DATE = r"[A-Z][a-z]{2}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{4} \d{2}:\d{2}:\d{2} GMT"
ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NUMBER = r"\d+(?:\.\d+)?"
TOKENS = re.compile(rf"{HTTP_DATE}|{ISO}|{CLOCK}|{UUID}|{NUMBER}(?!\w)|[\w-]+|[\s\S]")
LETTERS_AND_DIGITS = r"[A-Za-z0-9]+"
SHORTEST_RANDOM = 16
#: the forms that a token is held to, the narrowest first
FORMS = tuple(re.compile(form) for form in (HTTP_DATE, UUID, r"[0-9a-f]+", LETTERS_AND_DIGITS, r"[\w-]+"))
MOST_TOKENS = 20_000


def pattern_of(one: str, other: str) -> re.Pattern[str] | None:
    """A pattern that both texts match; None where they are too long, or too unlike, to make one of."""
    first, second = TOKENS.findall(one), TOKENS.findall(other)
    if len(first) + len(second) > MOST_TOKENS:
        return None
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(re.escape("".join(first[a:b])))
        elif b - a == d - c:
            parts.extend(form_of(x, y) for x, y in zip(first[a:b], second[c:d], strict=True))
        else:
            parts.append(r"[\s\S]{0,2000}?")
    return re.compile("".join(parts))


def form_of(one: str, other: str) -> str:
    """The form that two tokens share, as a pattern."""
    shapes = {digits_as_form(one), digits_as_form(other)}
    if len(shapes) == 1 and re.search(r"\d", one):
        return shapes.pop()
    for form in FORMS:
        if form.fullmatch(one) and form.fullmatch(other):
            # Long random text is mostly URL-safe base64, whose "-" and "_" a given token may happen to be without.
            is_random = form.pattern == LETTERS_AND_DIGITS and min(len(one), len(other)) >= SHORTEST_RANDOM
            return r"[\w-]+" if is_random else form.pattern
    return r"[\s\S]"


def digits_as_form(token: str) -> str:
    """A token with any digits for its digits; a fraction of a second has any number of them."""
    if not re.fullmatch(rf"{ISO}|{CLOCK}|{NUMBER}", token):
        return re.escape(token)
    return re.sub(r"\d+", r"\\d+", re.escape(token))
