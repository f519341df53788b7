"""What was proved of schemas, in the manifest: recorded for the code that it was found with, and read by `promote`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from migrator.evidence import schema_digests
from migrator.manifest.model import AcceptedEntry, Manifest, ProofEntry, SchemaEntry
from migrator.manifest.store import editing
from migrator.settings import Settings
from migrator.states import move, now
from migrator.verify.schemas.report import Compared


def record(
    root: Path, settings: Settings, compared: Iterable[Compared], then: Mapping[str, SchemaEntry]
) -> tuple[str, ...]:
    """Record what was found, good or bad, and send verified routes back whose schemas disagree; these routes' keys.

    `then` are the schemas as they were when the comparison began: one that has changed meanwhile is left alone, as is
    one that could not be compared.
    """
    at = now()
    with editing(root) as manifest:
        for one in compared:
            entry = manifest.schemas.get(one.schema)
            digests = schema_digests(then[one.schema], settings)
            if one.problem or one.is_nameless or entry is None or schema_digests(entry, settings) != digests:
                continue
            found = [*one.disagreements, *one.kinds]
            kinds = [AcceptedEntry(**asdict(kind)) for kind in one.kinds]
            entry.proof = ProofEntry(
                at=at, inputs=one.inputs, failed=one.failed, differences=len(found), kinds=kinds, digests=digests
            )
        return tuple(_sent_back(manifest, {one.schema for one in compared if one.disagreements}, at))


def _sent_back(manifest: Manifest, disagreeing: set[str], at: str) -> Iterable[str]:
    for _, key, route in manifest.routes():
        found = sorted(disagreeing & set(route.schemas))
        if found and route.state == "verified":
            move(key, route, "converted", f"verify --schemas: {found[0]} disagrees", 0, at)
            yield key
