"""Which requests a proxy may decide on: those that every engine and both applications read in one way.

All others are left to Flask: targets with dot segments, doubled or encoded slashes, control characters or bytes beyond
ASCII, encoded or not, and requests to change the protocol, which Werkzeug matches by rules of their own, or the method.
"""

DOUBLED_SLASHES = "^[^?]*//"
DOT_SEGMENTS = r"^[^?]*/(?:[.]|%2[eE]){1,2}(?:/|[?]|$)"

CHARACTERS = "[A-Za-z0-9._~!$&'()*+,;=:@/-]"
ENCODED = "%(?:[3-6][0-9A-Fa-f]|2[0-9A-Da-d]|7[0-9A-Ea-e])"

PLAIN = f"^/(?:{CHARACTERS}|{ENCODED})*(?:[?]|$)"
"""A target that begins as any may, for engines whose expressions do not go back."""


def in_one(possessive: str) -> str:
    """A target that begins as any may, without doubled slashes and dot segments, as one expression."""
    ordinary = f"(?:{CHARACTERS.replace('._', '_').replace('/', '')}|{ENCODED})"
    any_one = f"(?:{CHARACTERS.replace('/', '')}|{ENCODED})*{possessive}"
    segment = f"(?:[.]?{ordinary}{any_one}|[.][.](?:{CHARACTERS.replace('/', '')}|{ENCODED}){any_one})"
    return f"^/(?:{segment}/)*{possessive}{segment}?{possessive}(?:[?]|$)"


IN_ONE = in_one("")
IN_ONE_WITHOUT_GOING_BACK = in_one("+")
"""For engines with PCRE's expressions, in which a long target would else exhaust the stack."""

UNDECODED = "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:[?]|$)"
"""A target that begins without anything encoded, for engines that match it as it was sent."""

CHANGES_OF_REQUEST = ("Upgrade", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
"""Headers that keep a request with Flask."""
