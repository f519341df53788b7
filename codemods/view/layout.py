"""The indentation of source text, moved without what stands in strings.

    class Page(MethodView):                      def get_page() -> Response:
        def get(self):                               return HTMLResponse('''<ul>
            return '''<ul>                 →       <li>one
          <li>one                                </ul>''')
        </ul>'''

`textwrap` would take four spaces from the lines of the list too, and the page would be another.
"""

import io
import tokenize
from collections.abc import Iterator

LEVEL = "    "
SPANNING = ('"""', "'''", "\\\n")
"""Without one of these in a text, no string of it goes on in another line."""
OPENING = getattr(tokenize, "FSTRING_START", None)
CLOSING = getattr(tokenize, "FSTRING_END", None)
"""From Python 3.12 on, an f-string is several tokens."""


def indented(text: str, by: str = LEVEL) -> str:
    """The text with its lines further to the right; empty lines stay so."""
    inside = lines_in_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in inside or not line.strip() else f"{by}{line}" for number, line in enumerate(lines, 1)
    )


def dedented(text: str) -> str:
    """The text with its first line at the margin, and the others as far to the left of where they were."""
    margin = _blank(text)
    if not margin:
        return text
    inside = lines_in_strings(text)
    lines = text.split("\n")
    return "\n".join(
        line if number in inside else line[min(margin, _blank(line)) :] for number, line in enumerate(lines, 1)
    )


def _blank(line: str) -> int:
    """How far from the margin a text begins; a comment, or a line in parentheses, may stand left of its statement."""
    return len(line) - len(line.lstrip(" \t"))


def lines_in_strings(text: str) -> frozenset[int]:
    """The lines of a text, from 1, that begin within a string."""
    if not any(one in text for one in SPANNING):
        return frozenset()
    return frozenset(line for first, last in _strings(text) for line in range(first + 1, last + 1))


def _strings(text: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each string."""
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            yield token.start[0], token.end[0]
        elif token.type == OPENING:
            opened.append(token.start[0])
        elif token.type == CLOSING:
            yield opened.pop(), token.end[0]
