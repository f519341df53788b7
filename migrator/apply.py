"""Writes the FastAPI side: what the target would be, how that differs from what is there, and the write itself.

The whole target is a function of the project, its sources and the set of endpoints that are converted. Legacy files are
never touched. A generated file that somebody edited is left alone unless forced.
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods.findings import Finding
from codemods.pipeline import Outcome, SchemaOutput
from migrator.adoption import Edits, with_adopted
from migrator.closure import closure_digests, own_digests
from migrator.conversion import convert_endpoints
from migrator.errors import InternalError, Refused
from migrator.files import digest_of, read_bytes
from migrator.generated import remember
from migrator.groups import part_groups
from migrator.journal import Write, commit
from migrator.manifest.model import Manifest, OutputEntry, RouteEntry, SchemaEntry, SourceEntry
from migrator.manifest.store import dump
from migrator.manifest.sync import finding_entries, project_routes, synchronise
from migrator.project import Loaded
from migrator.runtime import runtime_modules
from migrator.states import move
from migrator.tree import manifest_name


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `apply` would do: writes of generated files, the manifest after them, and what to tell.

    `edited` are the writes that would lose somebody's work, `conflicts` the places for which they cannot be merged;
    `merged` are the files with an edit that was; `generated` is the target without any edit.
    """

    writes: tuple[Write, ...]
    manifest: Manifest
    outcomes: Mapping[str, Outcome]
    edited: tuple[Write, ...]
    conflicts: Mapping[str, str]
    merged: tuple[str, ...]
    generated: Mapping[str, bytes]
    failures: Mapping[str, Exception]
    known: frozenset[str]
    sent_back: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def changes(self) -> tuple[Write, ...]:
        """The writes that change a file."""
        return tuple(write for write in self.writes if write.before != write.after)


def prepare(loaded: Loaded, manifest: Manifest, endpoints: Collection[str], edits: Edits = "merge") -> Prepared:
    """Convert these endpoints and all converted before, in memory. `manifest` is left as it is.

    `edits` tells what becomes of generated files that were edited by hand. Raises InternalError when the
    conversion makes something that is no Python.
    """
    after = manifest.model_copy(deep=True)
    _, dropped = synchronise(after, loaded.project)
    known = {endpoint.name for endpoint in loaded.project.endpoints}
    wanted = (converted_endpoints(after) | set(endpoints)) & known
    result = convert_endpoints(loaded, wanted)
    outcomes = result.outcomes
    target = loaded.settings.target
    recorded = recorded_digests(manifest)
    runtime = {f"{target}/{path}" for path in runtime_modules()}
    made = {f"{target}/{path}": text.encode() for path, text in result.files.items()}
    adopted = with_adopted(loaded.root, made, recorded, manifest.adopted, edits, runtime)
    texts = adopted.texts
    writes = []
    for path in sorted(texts.keys() | recorded.keys()):
        writes.append(Write(path, read_bytes(loaded.root / path), texts.get(path)))
    edited = tuple(
        write for write in writes if write.path not in adopted.merged and is_edited(write, recorded, manifest.adopted)
    )
    noted = {endpoint.name: endpoint.findings for endpoint in loaded.project.endpoints}
    sent_back = record(after, outcomes, noted, texts, target, adopted.fresh)
    record_schemas(after, result.schemas, texts, target)
    for _, _, route in after.routes():
        route.group = result.groups.get(route.endpoint)
    sent_back += part_groups(after)
    after.adopted = dict(sorted(adopted.bases.items()))
    return Prepared(
        tuple(writes), after, outcomes, edited, adopted.conflicts, tuple(sorted(adopted.merged)), made,
        result.failures, frozenset(recorded), tuple(sent_back), tuple(dropped),
    )  # fmt: skip


def converted_endpoints(manifest: Manifest) -> set[str]:
    """The endpoints that have generated code and were not kept on Flask since."""
    return {route.endpoint for _, _, route in manifest.routes() if route.converted and route.state != "kept"}


def recorded_digests(manifest: Manifest) -> dict[str, str]:
    """Path → digest of every generated file that the manifest knows."""
    outputs = {route.output.file: route.output.digest for _, _, route in manifest.routes() if route.output is not None}
    return {**manifest.files, **outputs}


def is_edited(write: Write, recorded: Mapping[str, str], adopted: Collection[str]) -> bool:
    """Whether a write would overwrite somebody's work: not written by us, or an edit that was adopted."""
    if write.before is None or write.before == write.after:
        return False
    return digest_of(write.before) != recorded.get(write.path) or write.path in adopted


def record(
    manifest: Manifest,
    outcomes: Mapping[str, Outcome],
    noted: Mapping[str, Collection[Finding]],
    texts: Mapping[str, bytes],
    target: str,
    fresh: Collection[str],
) -> list[str]:
    """Write outcomes, the scan's findings and digests into the manifest; the keys of routes that lost their traffic."""
    sent_back = []
    digests = {path: digest_of(content) for path, content in texts.items()}
    outputs = {f"{target}/{one.file}" for one in outcomes.values() if one.file is not None}
    closures = closure_digests(texts, target, outputs & digests.keys())
    for _, key, route in manifest.routes():
        outcome = outcomes.get(route.endpoint)
        if outcome is None or route.state in ("kept", "retired"):
            continue
        was_promoted = route.promoted
        route.findings = finding_entries((*noted.get(route.endpoint, ()), *outcome.findings))
        left = record_outcome(key, route, outcome, digests, target)
        if route.output is not None:
            route.output.closure = closures[route.output.file]
        if route.output is not None and route.output.file in fresh:
            left = move(key, route, "converted", "a hand edit was adopted") or left
        if left and was_promoted:
            sent_back.append(key)
    outputs |= {route.output.file for _, _, route in manifest.routes() if route.output is not None}
    manifest.files = {path: digest for path, digest in sorted(digests.items()) if path not in outputs}
    return sent_back


def record_schemas(
    manifest: Manifest, schemas: Mapping[str, SchemaOutput], texts: Mapping[str, bytes], target: str
) -> None:
    """Write the schemas that are converted now into the manifest; what was proved of one stays with it."""
    closures = own_digests(texts, {f"{target}/{one.file}" for one in schemas.values()} & texts.keys())
    before, manifest.schemas = manifest.schemas, {}
    for name, one in schemas.items():
        file = f"{target}/{one.file}"
        known = before.get(name)
        manifest.schemas[name] = SchemaEntry(
            output=OutputEntry(file=file, digest=digest_of(texts[file]), closure=closures[file]),
            style=one.style,
            exact_since=one.exact_since or None,
            load=one.load or None,
            dump=one.dump or None,
            patch=one.patch or None,
            finish=one.finish,
            source=one.digest,
            proof=known.proof if known else None,
        )


def record_outcome(key: str, route: RouteEntry, outcome: Outcome, digests: Mapping[str, str], target: str) -> bool:
    """One route's part of `record`; whether it had to leave its state."""
    route.runtime, route.schemas = outcome.runtime, list(outcome.schemas)
    before = route.source.digest if route.source else None
    if route.source is not None:
        route.source = SourceEntry(file=route.source.file, line=route.source.line, digest=outcome.digest)
    if outcome.runtime == "flask" or outcome.file is None:
        route.runtime, route.output = "flask", None
        return route.state != "legacy" and move(key, route, "legacy", "it does not convert any more")
    file = f"{target}/{outcome.file}"
    if file not in digests:
        raise InternalError(f"the conversion names a file for '{route.endpoint}' that it does not write", file)
    had_output = route.output is not None
    route.output = OutputEntry(file=file, digest=digests[file])
    if route.state == "legacy":
        move(key, route, "converted", "apply")
        return False
    if had_output and before is not None and before != outcome.digest:
        return move(key, route, "converted", "its source changed and it was converted again")
    return False


def write_target(root: Path, prepared: Prepared, force: bool = False) -> int:
    """Write everything, or nothing; how many files changed. Call it while the lock is held.

    Raises Refused when a generated file was edited by hand, unless `force`; MigrateError when a folder is read-only.
    """
    if prepared.edited and not force:
        diffs = "".join(
            f"--- {write.path}: cannot be merged\n{prepared.conflicts[write.path]}"
            if write.path in prepared.conflicts
            else unified_diff(write)
            for write in prepared.edited
        )
        edited = [write.path for write in prepared.edited if write.path in prepared.known]
        foreign = [write.path for write in prepared.edited if write.path not in prepared.known]
        what = [f"edited since migrate wrote it: {', '.join(edited)}"] if edited else []
        what += [f"there already, and not written by migrate: {', '.join(foreign)}"] if foreign else []
        advice = "--adopt keeps the edit, --force overwrites it" if edited else "--force overwrites it"
        raise Refused(f"{'; '.join(what)}; {advice}; nothing was written", diffs)
    manifest = Write(manifest_name(), read_bytes(root / manifest_name()), dump(prepared.manifest))
    commit(root, (*prepared.writes, manifest))
    remember(root, prepared.generated)
    return len(prepared.changes)


def unified_diff(write: Write) -> str:
    """What a write changes, as a unified diff; git's names for a file that is new or gone."""
    before = (write.before or b"").decode(errors="replace").splitlines(keepends=True)
    after = (write.after or b"").decode(errors="replace").splitlines(keepends=True)
    old = f"a/{write.path}" if write.before is not None else "/dev/null"
    new = f"b/{write.path}" if write.after is not None else "/dev/null"
    lines = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, old, new)
    ]
    return "".join(lines)


def endpoint_names(loaded: Loaded) -> set[str]:
    """Every endpoint that answers some route."""
    return {endpoint.name for _, _, _, _, endpoint in project_routes(loaded.project)}
