"""What some engines cannot do, and so leave to Flask."""

from proxy.check import Problem
from proxy.model import RouteTable


def canaries(table: RouteTable, engine: str) -> tuple[Problem, ...]:
    """The routes that FastAPI is to serve for some of the clients only, on an engine that cannot tell these."""
    message = f"{engine} cannot hash clients: all stay on Flask until the route is promoted in full"
    partly = (rule for rule in table.rules if rule.is_promoted and rule.weight < 100)
    return tuple(Problem("undecidable", rule.key, f"{rule.weight} % of the clients: {message}") for rule in partly)
