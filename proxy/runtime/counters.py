"""How many requests each side has answered on each route, how, and how long that took; of this worker.

What has been counted since the last look is taken away by whoever writes it down.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

STEPS = (
    1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0,
    3.3, 3.6, 3.9, 4.3, 4.7, 5.0, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1,
)  # fmt: skip
BOUNDS = (*(round(step * 10.0**power, 5) for power in (-3, -2, -1, 0) for step in STEPS), 10.0)
"""Upper bounds of durations in seconds, a tenth apart, so that a 95th percentile means something; what takes longer is
counted behind the last."""
SHOWN = frozenset(round(step * 10.0**power, 5) for power in (-3, -2, -1, 0, 1) for step in (1.0, 2.0, 5.0))
"""Those that Prometheus is told of."""

Key = tuple[str, str, int]
"""Route, side, status; the route of a request that matches none is `other`."""
OTHER = "other"
NO_ANSWER = 0
"""The status of a side that has failed and in whose place the other has answered: no client has seen any."""


@dataclass(slots=True)
class Tally:
    """The requests of one key, by the bounds of their durations."""

    count: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, other: "Tally") -> None:
        """Add what another has counted."""
        self.count += other.count
        self.seconds += other.seconds
        self.buckets = [one + more for one, more in zip(self.buckets, other.buckets, strict=True)]


@dataclass(slots=True)
class Counts:
    """Requests by key; events (`fallback`, `shadow same` …) by route and name."""

    requests: dict[Key, Tally] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, route: str, side: str, status: int, seconds: float) -> None:
        """Count a request."""
        tally = self.requests.get((route, side, status))
        if tally is None:
            tally = self.requests[route, side, status] = Tally()
        tally.count += 1
        tally.seconds += seconds
        tally.buckets[bisect_left(BOUNDS, seconds)] += 1

    def happened(self, route: str, event: str) -> None:
        """Count an event."""
        self.events[route, event] = self.events.get((route, event), 0) + 1

    def add(self, other: "Counts") -> None:
        """Add what another has counted."""
        for key, tally in other.requests.items():
            self.requests.setdefault(key, Tally()).add(tally)
        for event, count in other.events.items():
            self.events[event] = self.events.get(event, 0) + count


def exposition(counts: Counts, gauges: Mapping[str, tuple[str, float]]) -> str:
    """The counts in Prometheus' text format; `gauges` are name → help and value."""
    lines = [
        "# HELP migrate_request_seconds Requests by route and side; status 0: it failed, and the other has answered.",
        "# TYPE migrate_request_seconds histogram",
    ]
    for (route, side, status), tally in sorted(counts.requests.items()):
        labels = f'route="{escaped(route)}",side="{side}",status="{status}"'
        total = 0
        for bound, count in zip((*BOUNDS, "+Inf"), tally.buckets, strict=True):
            total += count
            if bound != "+Inf" and bound not in SHOWN:
                continue
            lines.append(f'migrate_request_seconds_bucket{{{labels},le="{bound}"}} {total}')
        lines.append(f"migrate_request_seconds_sum{{{labels}}} {tally.seconds:.6f}")
        lines.append(f"migrate_request_seconds_count{{{labels}}} {tally.count}")
    lines += [
        "# HELP migrate_events_total What the gateway did besides: fallbacks, comparisons of the shadow.",
        "# TYPE migrate_events_total counter",
    ]
    for (route, event), count in sorted(counts.events.items()):
        lines.append(f'migrate_events_total{{route="{escaped(route)}",event="{event}"}} {count}')
    for name, (text, value) in gauges.items():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name} {value:g}"]
    return "\n".join(lines) + "\n"


def escaped(label: str) -> str:
    """A label's value between its quotes."""
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
