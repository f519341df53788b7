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


def in_one(encoded: str, possessive: str) -> str:
    """A target that begins as any may, without doubled slashes and dot segments, as one expression."""
    with_dot = CHARACTERS.replace("/", "")
    any_one = f"(?:{with_dot}{encoded})"
    ordinary = f"(?:{with_dot.replace('._', '_')}{encoded})"
    segment = f"(?:[.]?{ordinary}{any_one}*{possessive}|[.][.]{any_one}+{possessive})"
    return f"^/(?:{segment}/)*{possessive}{segment}?{possessive}(?:[?]|$)"


IN_ONE = in_one(f"|{ENCODED}", "")
IN_ONE_WITHOUT_GOING_BACK = in_one(f"|{ENCODED}", "+")
"""For engines with PCRE's expressions, in which a long target would else exhaust the stack."""

UNDECODED_IN_ONE = in_one("", "")
"""Without anything encoded, for engines that match a target as it was sent."""

UNDECODED = "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:[?]|$)"
"""A target that begins without anything encoded."""

CHANGES_OF_REQUEST = ("Upgrade", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
"""Headers that keep a request with Flask."""
