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

ALL_IN_ONE = (
    f"^(?!{DOUBLED_SLASHES.removeprefix('^')})(?!{DOT_SEGMENTS.removeprefix('^')})"
    f"/(?:{CHARACTERS}++|{ENCODED})*+(?:[?]|$)"
)
"""The same, without doubled slashes and dot segments, for engines with PCRE's expressions. Possessive, as a long target
would else exhaust the stack."""

UNDECODED = "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:[?]|$)"
"""A target that begins without anything encoded, for engines that match it as it was sent."""

CHANGES_OF_REQUEST = ("Upgrade", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
"""Headers that keep a request with Flask."""
