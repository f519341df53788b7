"""Draws the report from three runs: two on Flask alone, one through the gateway."""

from collections.abc import Collection, Iterator, Mapping

from migrator.verify.comparison import Difference, compare
from migrator.verify.exchanges import Outcome, Run
from migrator.verify.noise import UNSTABLE, Noise
from migrator.verify.pairing import Pair, learn_all, pairs
from migrator.verify.report import Apart, ChangedExchange, ChangedOutcome, Kind, Report, RouteResult

NOT_RUN = Outcome("not run")


def judge(kind: Kind, first: Run, second: Run, gateway: Run, selected: Collection[str]) -> Report:
    """Compare the gateway's run with Flask's first; what Flask's second has otherwise is noise."""
    apart = tuple(counted_apart(first, second, gateway))
    by_reason = {why: {one.test for one in apart if one.why == why} for why in ("context", "replacement", "unstable")}
    noise = learn_all(first, second)
    compared = [pair for pair in pairs(first, gateway) if pair.test not in by_reason["unstable"]]
    # A test that failed where it read a context made no more requests: those it would have made are not missing.
    compared = [pair for pair in compared if pair.other is not None or pair.test not in by_reason["context"]]
    changed = tuple(
        ChangedExchange(pair.test, pair.either.request, pair.one, pair.other, differences)
        for pair in compared
        if (differences := differences_of(pair, noise))
    )
    silent = by_reason["context"] | by_reason["unstable"]
    outcomes = tuple(changed_outcomes(first, gateway, silent))
    stable = [pair for pair in compared if not noise.get((pair.test, pair.either.index), UNSTABLE).is_unstable]
    return Report(
        kind=kind,
        tests=len({*first.tests, *gateway.tests}),
        exchanges=sum(pair.one is not None and pair.other is not None for pair in stable),
        on_fastapi=sum(pair.other is not None and pair.other.served_by == "fastapi" for pair in stable),
        noisy=sum(one.amount > 0 for one in noise.values()),
        outcomes=outcomes,
        changed=changed,
        apart=apart,
        routes=by_route(stable, changed, outcomes, selected, by_reason["replacement"]),
        replaced=gateway.replaced,
    )


def counted_apart(first: Run, second: Run, gateway: Run) -> Iterator[Apart]:
    """The tests whose outcome, or whose exchanges, prove nothing, each with the first reason that it has."""
    on_fastapi = {exchange.test for exchange in gateway.exchanges if exchange.served_by == "fastapi"}
    for test in dict.fromkeys((*first.tests, *gateway.tests)):
        one, other = first.tests.get(test, NOT_RUN), second.tests.get(test, NOT_RUN)
        reads = sorted({*first.context_reads.get(test, ()), *second.context_reads.get(test, ())})
        if one.outcome != other.outcome:
            yield Apart(test, "unstable", f"{one.outcome}, then {other.outcome}")
        elif test in gateway.apart:
            yield Apart(test, "replacement", "; ".join(gateway.apart[test]))
        elif reads and test in on_fastapi:
            yield Apart(test, "context", f"reads {', '.join(reads)}")


def changed_outcomes(first: Run, gateway: Run, silent: Collection[str]) -> Iterator[ChangedOutcome]:
    """The tests that end otherwise, but for those of which nothing is expected."""
    for test in dict.fromkeys((*first.tests, *gateway.tests)):
        one, other = first.tests.get(test, NOT_RUN), gateway.tests.get(test, NOT_RUN)
        if test not in silent and one.outcome != other.outcome:
            yield ChangedOutcome(test, one.outcome, other.outcome, other.detail or one.detail)


def differences_of(pair: Pair, noise: Mapping[tuple[str, int], Noise]) -> tuple[Difference, ...]:
    """What differs between the exchanges of a pair. One that the other run has not is a difference as a whole."""
    known = noise.get((pair.test, pair.either.index), Noise())
    if known.is_unstable:
        return ()
    if pair.one is None:
        return (Difference("request", "was not sent", "was sent"),)
    if pair.other is None:
        return (Difference("request", "was sent", "was not sent"),)
    return compare(pair.one, pair.other, known)


def by_route(
    compared: Collection[Pair],
    changed: Collection[ChangedExchange],
    outcomes: Collection[ChangedOutcome],
    selected: Collection[str],
    without_evidence: Collection[str],
) -> dict[str, RouteResult]:
    """Exchanges and differences of every selected route.

    A difference counts against the route that FastAPI answered with. One in an answer of Flask, or in a test's outcome,
    counts against every route of that test: one of them left something behind. Where the test has none, it is some
    other test's, so all routes of the run have it.
    """
    reached: dict[str, list[str]] = {}
    counts = dict.fromkeys(selected, 0)
    for pair in compared:
        route = pair.other.route if pair.other is not None and pair.one is not None else None
        if route is None:
            continue
        reached.setdefault(pair.test, []).append(route)
        if pair.test not in without_evidence and route in counts:
            counts[route] += 1
    everywhere = {route for routes in reached.values() for route in routes}
    against = dict.fromkeys(selected, 0)
    for test, own in [(one.test, one.gateway.route if one.gateway else None) for one in changed]:
        _count(against, {own} if own else set(reached.get(test, ())) or everywhere)
    for outcome in outcomes:
        _count(against, set(reached.get(outcome.test, ())) or everywhere)
    return {key: RouteResult(counts[key], against[key]) for key in sorted(counts)}


def _count(against: dict[str, int], routes: set[str]) -> None:
    for route in routes & against.keys():
        against[route] += 1
