"""Writes what a verification found into the manifest, as evidence for the code that it was made with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.evidence import current_digests
from migrator.manifest.model import EvidenceEntry, RouteEntry
from migrator.manifest.store import editing
from migrator.selectors import Selected
from migrator.states import move, now
from migrator.verify.report import Report
from migrator.workspace import settings_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """The routes that were given evidence, and those that were not because their code changed meanwhile."""

    verified: tuple[str, ...]
    refused: tuple[str, ...]
    changed: tuple[str, ...]


def record(root: Path, report: Report, selected: Sequence[Selected]) -> Recorded:
    """Record evidence for every selected route that FastAPI answered with, good or bad.

    Bad evidence replaces good: `promote` refuses by it, a verified route is only converted again. `selected` are the
    routes as they were when the verification began.
    """
    verified, refused, changed = [], [], []
    at = now()
    with editing(root) as manifest:
        settings = settings_of(root, manifest)
        then = {one.key: current_digests(one.route, settings) for one in selected}
        entries: Mapping[str, RouteEntry] = {key: route for _, key, route in manifest.routes()}
        for key, result in report.routes.items():
            route = entries.get(key)
            if not result.exchanges and not result.differences:
                continue
            if route is None or current_digests(route, settings) != then[key]:
                changed.append(key)
                continue
            route.evidence = EvidenceEntry(
                kind=report.kind,
                at=at,
                exchanges=result.exchanges,
                differences=result.differences,
                digests=then[key],
            )
            if result.differences:
                refused.append(key)
                if route.state == "verified":
                    move(key, route, "converted", f"verify --{report.kind}: {result.differences} difference(s)", 0, at)
            else:
                verified.append(key)
                if route.state == "converted":
                    move(key, route, "verified", f"verify --{report.kind}: {result.exchanges} exchange(s)", 0, at)
    return Recorded(tuple(verified), tuple(refused), tuple(changed))
