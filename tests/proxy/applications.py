"""Flask applications of many random rules, for proofs."""

import importlib.util
import random
from pathlib import Path
from typing import Any

from flask import Flask

from proxy.model import RouteTable, Rule
from proxy.probes import Probe

WORDS = ("users", "items", "a", "A", "me", "new", "meta", "a.b", "x-y", "~z", "$5", "a b", "ü", "orders", "export", "1")
VARIABLES = (
    "<{}>", "<{}>", "<string:{}>", "<int:{}>", "<int:{}>", "<float:{}>", "<int(signed=True):{}>", "<path:{}>",
    "<uuid:{}>", "<any(me, new, 'a.b'):{}>", "<string(length=2):{}>", "<string(minlength=2, maxlength=3):{}>",
    "<string(maxlength=2):{}>", "<int(min=3):{}>", "<int(2):{}>", "<{}>.json", "x<int:{}>", "<{}>-<int:{}_2>",
)  # fmt: skip
METHODS = (
    ["GET"],
    ["GET"],
    ["GET", "POST"],
    ["POST"],
    ["PUT", "DELETE"],
    ["PATCH"],
    ["GET", "OPTIONS"],
    ["HEAD", "GET"],
)


def rule(chance: random.Random) -> str:
    """A rule of up to five parts."""
    parts = []
    for number in range(chance.randint(0, 4)):
        part = chance.choice(WORDS) if chance.random() < 0.55 else chance.choice(VARIABLES).replace("{}", f"v{number}")
        if "<path" in part and any("<path" in other for other in parts):
            part = "again"
        parts.append(part)
    return "/" + "/".join(parts) + ("/" if parts and chance.random() < 0.15 else "")


def application(count: int, seed: int) -> Flask:
    """An application of so many rules, each with its endpoint."""
    chance = random.Random(seed)
    app = Flask(__name__, static_folder=None)
    texts: set[str] = set()
    while len(texts) < count:
        texts.add(rule(chance))
    for number, text in enumerate(sorted(sorted(texts), key=lambda _: chance.random())):
        options: dict[str, Any] = {"strict_slashes": False} if chance.random() < 0.05 else {}
        if chance.random() < 0.02:
            options["redirect_to"] = "/a"
        app.add_url_rule(text, f"e{number}", str, methods=chance.choice(METHODS), **options)
    return app


def owners(app: Flask, table: RouteTable, probes: list[Probe]) -> list[Rule | None]:
    """The rule of each request, as the script that runs inside an application tells it."""
    file = Path(__file__).parents[2] / "migrator" / "inside" / "matching.py"
    specification = importlib.util.spec_from_file_location("inside_matching", file)
    matching = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(matching)
    rules = {(one.method, one.rule): one for one in table.rules}
    found = (matching.rule_of(app, (probe.method, probe.host, probe.target)) for probe in probes)
    return [rules.get((one[0], one[2])) if one else None for one in found]
