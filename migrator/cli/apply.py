"""`migrate apply`: write the FastAPI side."""

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import click

from codemods.pipeline import Outcome
from codemods.scan.reading import collection_paused
from migrator.apply import Prepared, endpoint_names, prepare, unified_diff, write_target
from migrator.cli.options import importing, selectors
from migrator.errors import MigrateError, Refused, our_mistake
from migrator.invocation import Invocation
from migrator.manifest.model import Manifest
from migrator.manifest.store import load, lock
from migrator.manifest.sync import synchronise
from migrator.output import say, working
from migrator.project import Choices, Loaded, load_project
from migrator.selectors import select
from migrator.staleness import remember_sources
from migrator.states import now
from migrator.switch import Override, set_overrides
from migrator.workspace import open_workspace


@click.command("apply")
@selectors()
@click.option("--all", "everything", is_flag=True, help="Every route that can be converted.")
@click.option("--diff", is_flag=True, help="Show what would change as a diff; write nothing.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when something would change.")
@click.option("--adopt", is_flag=True, help="Keep hand edits of generated files, and serve them.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@importing
@click.pass_context
@collection_paused()
def command(
    context: click.Context,
    selectors: tuple[str, ...],
    everything: bool,
    diff: bool,
    check: bool,
    adopt: bool,
    force: bool,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Write the FastAPI side of what the selectors name, beside the legacy code, which stays as it is.

    An endpoint is converted whole, with all its rules and methods. What cannot be converted faithfully stays on Flask,
    with a finding. No traffic moves: that is `migrate promote`. Without selectors, what was converted before is
    written again, for sources that changed.

    Generated code is yours to edit. An edited file is not overwritten, and its routes are on Flask, until --adopt takes
    it as it is or --force writes it anew. When what is generated changes, edits are merged with it, as git would; where
    both changed the same lines, the conflict is shown and nothing is written.

    \b
    Examples:
      migrate apply orders                    a blueprint
      migrate apply orders.show --diff        what would be written for one endpoint
      migrate apply --all
      migrate apply --check                   is the FastAPI side up to date?
    """
    invocation: Invocation = context.obj
    if everything and selectors:
        raise click.UsageError("give selectors or --all, not both")
    if adopt and force:
        raise click.UsageError("--adopt keeps hand edits, --force overwrites them: give one")
    workspace = open_workspace(invocation)
    with working(invocation, "reading the project"):
        choices = Choices(static_only, python, env_file)
        loaded = load_project(workspace.root, workspace.settings, choices, keeps_trees=True)
    endpoints = wanted_endpoints(loaded, workspace.manifest, selectors, everything)
    with nullcontext() if diff or check else lock(workspace.root):
        manifest = load(workspace.root)
        with working(invocation, "converting"):
            prepared = prepare(loaded, manifest, endpoints, "adopt" if adopt else "overwrite" if force else "merge")
        changed = bool(prepared.changes) or prepared.manifest != manifest
        if diff:
            click.echo("".join(unified_diff(write) for write in prepared.changes), nl=False)
        if not (diff or check):
            count = write_target(workspace.root, prepared, force)
            set_overrides(workspace.root, prepared.sent_back, Override(0, now(), "converted again"))
            remember_sources(workspace.root, loaded.sources)
            narrate(invocation, loaded, prepared, endpoints, count)
    if prepared.failures:
        raise our_mistake(prepared.failures)
    if check and changed:
        files = len(prepared.changes)
        raise Refused(f"{files} file(s) would change" if files else "the manifest would change")
    if loaded.has_unread_files:
        context.exit(1)


def wanted_endpoints(
    loaded: Loaded, manifest: Manifest, selectors: tuple[str, ...], everything: bool
) -> frozenset[str]:
    """The endpoints to convert now. Raises MigrateError for a selector of nothing, or of a route that was kept."""
    free = {route.endpoint for _, _, route in manifest.routes() if route.state != "kept"}
    kept = {route.endpoint for _, _, route in manifest.routes()} - free
    if everything:
        return frozenset(endpoint_names(loaded) - kept)
    current = manifest.model_copy(deep=True)
    synchronise(current, loaded.project)
    chosen = select(current, selectors)
    for one in chosen:
        if one.route.endpoint in kept and one.route.endpoint in selectors:
            raise MigrateError(f"'{one.key}' is kept on Flask ({one.route.kept}): `migrate keep --undo` lets it go")
    return frozenset(one.route.endpoint for one in chosen) - kept


def narrate(invocation: Invocation, loaded: Loaded, prepared: Prepared, endpoints: frozenset[str], count: int) -> None:
    """Tell on stderr what was written and what stays; on stdout the places to look at."""
    outcomes = [prepared.outcomes[name] for name in sorted(endpoints) if name in prepared.outcomes]
    runtimes = Counter(outcome.runtime for outcome in outcomes)
    say(invocation, f"{count} file(s) written in {loaded.settings.target}/")
    say(
        invocation,
        f"{len(outcomes)} endpoint(s): {runtimes['native']} native, {runtimes['bridged']} bridged, "
        f"{runtimes['flask']} stay on Flask",
    )
    for line in finding_lines(outcomes, invocation.verbose):
        click.echo(line)
    for path in prepared.merged:
        say(invocation, f"{path}: your edits are kept, merged with what changed")
    for key in prepared.sent_back:
        say(invocation, f"{key}: went back to Flask, its code changed; verify and promote it again")
    for key in prepared.dropped:
        say(invocation, f"{key}: is gone from the application, and from the manifest")
    for finding in loaded.findings:
        say(invocation, str(finding))


def finding_lines(outcomes: Sequence[Outcome], verbose: bool) -> list[str]:
    """Each finding once, with the endpoints that it concerns: all of them when `verbose`, and then the notes too, of
    which others see those that keep an endpoint on Flask."""
    concerned: dict[str, list[str]] = {}
    for outcome in outcomes:
        are_notes = all(finding.diagnostic.severity == "note" for finding in outcome.findings)
        for finding in outcome.findings:
            if verbose or finding.diagnostic.severity != "note" or (are_notes and outcome.runtime == "flask"):
                concerned.setdefault(str(finding), []).append(outcome.endpoint)
    shown = len(outcomes) if verbose else 3
    lines = []
    for line, names in concerned.items():
        more = f" and {len(names) - shown} more" if len(names) > shown else ""
        lines.append(f"{line} ({', '.join(names[:shown])}{more})")
    return lines
