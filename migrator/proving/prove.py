"""Draws requests and asks everyone: Werkzeug, FastAPI's router, the gateway and real proxies.

Werkzeug's word counts. Proxies are asked in three states of the migration, each with a third of the requests: as it is,
and with every second rule promoted, one half and the other.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from migrator.child import run_inside
from migrator.errors import MigrateError
from migrator.manifest.model import Manifest
from migrator.programs import find_program
from migrator.project import Loaded, application_environment
from migrator.proving.asking import Running, ask
from migrator.proving.verdict import Verdict, judge_gateway, judge_proxy, judge_router
from proxy.decide import Decider
from proxy.engines import ENGINES, load
from proxy.model import RouteTable, Rule
from proxy.probes import Probe, draw

TIME_LIMIT = 300.0


@dataclass(frozen=True, slots=True)
class Proof:
    """What came out, and what could not be asked, with the reason."""

    requests: int
    verdicts: tuple[Verdict, ...]
    unasked: tuple[str, ...]

    @property
    def disagreements(self) -> int:
        """How many requests there is no agreement on, over all that were asked."""
        return sum(len(verdict.disagreements) for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Inside:
    """What the application's interpreter says of each request; the gateway's two words are for each state.

    It is asked twice, since it remembers what it has decided.
    """

    rules: Sequence[Sequence[str] | None]
    gateway: Sequence[Sequence[Sequence[bool]]] | None
    routes: Sequence[str | None] | None
    problem: str | None


def prove(
    loaded: Loaded, manifest: Manifest, table: RouteTable, engines: Sequence[str], count: int, env_file: Path | None
) -> Proof:
    """Ask about so many requests. Raises MigrateError when the application or a proxy cannot be asked."""
    probes = list(draw(table, count))
    states = [table, *halves(table)]
    converted = {key: route.endpoint for _, key, route in manifest.routes() if route.converted}
    inside = ask_inside(loaded, probes, [promoted(state, converted) for state in states], env_file)
    found = [find(table, rule) for rule in inside.rules]
    verdicts, unasked = [], [f"the gateway: {inside.problem}"] if inside.problem else []
    if inside.routes is not None and inside.gateway is not None:
        verdicts.append(judge_router(probes, found, converted, inside.routes, Decider(table)))
        for state, answers in zip(states, inside.gateway, strict=True):
            owners = in_state(state, found)
            for voice, said in zip(("the gateway", "the gateway, asked again"), answers, strict=True):
                verdicts.append(judge_gateway(voice, probes, owners, converted, inside.routes, said))
    for name in engines:
        engine = Running(name, load(name))
        for number, state in enumerate(states):
            share, owners = probes[number :: len(states)], in_state(state, found)[number :: len(states)]
            verdicts.append(
                judge_proxy(
                    name, state, share, owners, ask(engine, state, share), Decider(state, engine.engine.DECODES)
                )
            )
    return Proof(len(probes), tuple(merged(verdicts)), tuple(unasked))


def installed() -> Iterator[str]:
    """The engines that are installed here."""
    for name in ENGINES:
        if find_program(load(name).foreground(Path())[0]):
            yield name


def halves(table: RouteTable) -> tuple[RouteTable, RouteTable]:
    """The table with every second rule promoted, from the first and from the second on."""

    def half(remainder: int) -> RouteTable:
        rules = (
            replace(rule, side="fastapi" if number % 2 == remainder else "flask", weight=100)
            for number, rule in enumerate(table.rules)
        )
        return replace(table, rules=tuple(rules))

    return half(0), half(1)


def promoted(table: RouteTable, converted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Keys and endpoints of the converted routes that are promoted."""
    return [
        (rule.key, rule.endpoint)
        for rule in table.rules
        if rule.is_promoted and converted.get(rule.key) == rule.endpoint
    ]


def in_state(table: RouteTable, rules: Sequence[Rule | None]) -> list[Rule | None]:
    """The same rules as another state of the table has them."""
    by_identifier = {rule.identifier: rule for rule in table.rules}
    return [None if rule is None else by_identifier[rule.identifier] for rule in rules]


def find(table: RouteTable, told: Sequence[str] | None) -> Rule | None:
    """The rule of the table that Werkzeug has told: method, domain, rule and endpoint; None for automatic OPTIONS.

    Raises MigrateError for one that the table does not have at all.
    """
    if told is None:
        return None
    method, domain, text, _ = told
    at = [one for one in table.rules if one.rule == text and (one.host or "").startswith(domain)]
    if not at:
        raise MigrateError(f"{domain}{text}: the live application has this rule, the plan does not: start again")
    return next((one for one in at if one.method == method and (one.host or domain) == domain), None) or next(
        (one for one in at if one.method == method and (one.host or "").startswith(f"{domain}.")), None
    )


def ask_inside(
    loaded: Loaded, probes: Sequence[Probe], states: Sequence[Sequence[tuple[str, str]]], env_file: Path | None
) -> Inside:
    """Ask in the application's own interpreter. Raises MigrateError when that does not work."""
    if loaded.interpreter is None:
        raise MigrateError("--prove asks the live application: --static-only does not go with it")
    root, settings = loaded.root, loaded.settings
    has_target = (root / settings.target / "gateway").is_dir()
    environment = application_environment(root, settings, env_file, importable=True)
    home = str(root / PurePosixPath(settings.target).parent)
    environment["PYTHONPATH"] = f"{environment.get('PYTHONPATH', '')}:{home}".strip(":")
    with tempfile.TemporaryDirectory(prefix="migrate-prove-") as folder:
        requests = Path(folder) / "requests.json"
        asked = {"requests": [(probe.method, probe.host, probe.target) for probe in probes], "states": states}
        requests.write_text(json.dumps(asked), "utf-8")
        arguments = ["--app", settings.app, "--root", str(root), "--requests", str(requests)]
        arguments += ["--target", settings.package] if has_target else []
        answer = run_inside(
            loaded.interpreter.path,
            "matching.py",
            arguments,
            root=root,
            environment=environment,
            time_limit=TIME_LIMIT,
        )
    document: Mapping[str, Any] = answer.document
    if "error" in document:
        message = f"'{settings.app}' cannot be asked: {document['error']['message']}"
        raise MigrateError(message, document["error"]["traceback"])
    problem = document["problem"] if has_target else "nothing is converted yet"
    return Inside(document["rules"], document["gateway"], document["routes"], problem)


def merged(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """One verdict for each that was asked."""
    for voice in dict.fromkeys(verdict.voice for verdict in verdicts):
        same = [verdict for verdict in verdicts if verdict.voice == voice]
        yield Verdict(
            voice,
            sum(one.asked for one in same),
            sum(one.on_fastapi for one in same),
            sum(one.left for one in same),
            sum(one.refused for one in same),
            tuple(disagreement for one in same for disagreement in one.disagreements),
        )
