"""What an engine is to decide, told by the shapes themselves: what each engine's configuration is compared with."""

import re
from urllib.parse import unquote_to_bytes

from . import plain
from .model import RouteTable, Rule
from .probes import Probe
from .shapes import LEGACY, Key, groups


class Decider:
    """Decides as the shapes of a table do, for an engine that matches paths decoded or as they were sent."""

    def __init__(self, table: RouteTable, decodes: bool = True) -> None:
        self._rules = {rule.identifier: rule for rule in table.rules}
        self._groups = [
            (None if group.regex is None else re.compile(group.regex.replace("$", r"\Z")), group)
            for group in groups(table)
        ]
        self._hosts = {key.host for _, group in self._groups for key in group.targets}
        self._guards = [re.compile(plain.DOUBLED_SLASHES), re.compile(plain.DOT_SEGMENTS)]
        self._plain = re.compile(plain.PLAIN if decodes else plain.UNDECODED)

    def rule(self, probe: Probe) -> Rule | None:
        """The rule that a request is for; None where it is Flask's to say."""
        if any(guard.search(probe.target) for guard in self._guards) or not self._plain.search(probe.target):
            return None
        path = unquote_to_bytes(probe.target.partition("?")[0]).decode("latin-1")
        method = "GET" if probe.method == "HEAD" else probe.method
        host = probe.host.lower() if probe.host.lower() in self._hosts else ""
        for regex, group in self._groups:
            looked_up = path
            if regex is not None:
                found = regex.match(path)
                if found is None:
                    continue
                looked_up = found.expand(re.sub(r"\$([0-9])", r"\\g<\1>", group.template))
            target = group.targets.get(Key(method, host, looked_up))
            if target is not None:
                return None if target.name == LEGACY else self._rules[target.name]
        return None
