"""nginx: shapes as `map`s of regular expressions, literals as hash look-ups, the state of the routes in a folder.

The cost of a request does not grow with the number of rules, only with that of their shapes. nginx's hash keys ignore
case and its regular expressions do not, so what has been found is compared with what was looked for. A promotion needs
no reload, which ends connections that wait for a request: nginx looks for the route's name with each request.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from proxy import plain
from proxy.check import Problem
from proxy.engines import marking
from proxy.engines.activation import Activation
from proxy.engines.filling import fill, quoted, require_sound
from proxy.model import RouteTable
from proxy.shapes import LEGACY, Group, Key, groups

STATE = marking.STATE
DECODES = True
OLDEST = "nginx 1.15.3"
VERSION = ("nginx", "-v")
KEPT = ()

CHAIN = 40
"""How many shapes are tried in one chain of variables: nginx gives up on a hundred variables within one another."""

ENTRY_OVERHEAD = 64
"""What nginx adds to a key in a bucket of its hash, generously."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a map."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """A shape as nginx tries it: when it finds nothing, the variable `otherwise` has the next one's answer."""

    number: int
    regex: str | None
    template: str
    entries: tuple[Entry, ...]
    otherwise: str

    @property
    def has_exact(self) -> bool:
        """Whether some key is a regular expression, which needs no comparison."""
        return any(entry.value.startswith("=") for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Chain:
    """Shapes that are tried one after another; `variable` has what they find, or else what the next chain finds."""

    variable: str
    steps: tuple[Step, ...]
    otherwise: str

    @property
    def found(self) -> str:
        """What the first shape, and with it the chain, finds."""
        return f"$migrate_rule_{self.steps[0].number}" if self.steps else quoted("")


def limits(table: RouteTable) -> tuple[Problem, ...]:
    """None."""
    return ()


def validation(directory: PurePath) -> Sequence[str]:
    """`nginx -t` for the configuration in a directory."""
    return ("nginx", "-t", "-p", str(directory), "-c", str(directory / "nginx.conf"))


def foreground(directory: PurePath) -> tuple[str, ...]:
    """nginx that stays in the foreground."""
    return ("nginx", "-p", str(directory), "-c", "nginx.conf", "-g", "daemon off;")


def activation(directory: PurePath, files: Mapping[str, str]) -> Activation:
    """Nothing needs to be said of a state. Changed rules are read on a reload; the old workers serve what they have
    begun, and close connections that wait for a request."""
    command = ("nginx", "-p", str(directory), "-c", str(directory / "nginx.conf"), "-s", "reload")
    return Activation(f"nginx looks into {marking.FOLDER} with every request", command=command)


def render(table: RouteTable) -> dict[str, str]:
    """`nginx.conf`, what it includes, and the state file. Raises ValueError where the table has errors.

    nginx itself does not see that an upstream in a map does not exist.
    """
    require_sound(table)
    shapes = groups(table)
    values = {
        "table": table,
        "chains": chains(shapes),
        "hosts": sorted({key.host for group in shapes for key in group.targets if key.host}),
        "bucket_size": bucket_size(shapes),
        "variables_size": max(1024, 16 * len(shapes)),
        "state_folder": marking.FOLDER,
        "legacy": LEGACY,
        "plain": plain,
    }
    return {
        "nginx.conf": fill("nginx.conf.j2", values),
        "migrate-http.conf": fill("nginx-http.conf.j2", values),
        "migrate-server.conf": fill("nginx-server.conf.j2", values),
        STATE: marking.text((rule.key, rule.identifier, rule.weight) for rule in table.rules if rule.is_promoted),
    }


def chains(shapes: Sequence[Group]) -> tuple[Chain, ...]:
    """The shapes cut into chains; the first has the answer for a request, after the last it is Flask's."""
    starts = range(0, max(len(shapes), 1), CHAIN)
    return tuple(
        Chain(
            "migrate_rule" if start == 0 else f"migrate_chain_{start}",
            tuple(steps(shapes[start : start + CHAIN], start)),
            quoted(LEGACY) if start == starts[-1] else f"$migrate_chain_{start + CHAIN}",
        )
        for start in starts
    )


def steps(chain: Sequence[Group], start: int) -> list[Step]:
    """A chain of shapes; after the last of them nothing has been found."""
    last = start + len(chain) - 1
    return [
        Step(
            number,
            group.regex,
            group.template,
            tuple(entries(group)),
            '""' if number == last else f"$migrate_rule_{number + 1}",
        )
        for number, group in enumerate(chain, start)
    ]


def entries(group: Group) -> list[Entry]:
    """The lines of a shape's table.

    Keys that differ by case only are one to nginx's hash, and a value cannot contain a dollar sign: such keys are
    regular expressions, whose case counts. What a hash has found is verified, hence the key in the value.
    """
    folded = Counter(text(key).lower() for key in group.targets)
    lines = []
    for key, target in group.targets.items():
        looked_up = text(key)
        if folded[looked_up.lower()] > 1 or "$" in looked_up:
            lines.append(Entry(f"~^{escape(looked_up)}$", f"={target.name}"))
        else:
            lines.append(Entry(looked_up, f"{looked_up}>{target.name}"))
    return lines


def escape(text: str) -> str:
    """A literal in a regular expression."""
    return "".join(f"\\{character}" if character in r".^$*+?{}[]\|()" else character for character in text)


def text(key: Key) -> str:
    """What is looked up, as nginx has it."""
    return f"{key.method} {key.host}{key.path}"


def bucket_size(shapes: Sequence[Group]) -> int:
    """The size of a hash bucket that holds the longest key: a power of two, as nginx wants it aligned."""
    longest = max((len(text(key).encode()) for group in shapes for key in group.targets), default=0)
    return max(256, 1 << (longest + ENTRY_OVERHEAD).bit_length())
