"""What counts, and against which route."""

from migrator.verify.exchanges import Exchange, Outcome, Run
from migrator.verify.verdict import judge

PASSED, FAILED = Outcome("passed"), Outcome("failed", "AssertionError: no")


def exchange(test, index=0, body=b"x", route=None):
    return Exchange(test, index, "GET", "/x", 200, (), body, served_by="fastapi" if route else "flask", route=route)


def run(*exchanges, **options):
    tests = options.pop("tests", {one.test: PASSED for one in exchanges})
    return Run(tests=tests, exchanges=exchanges, **options)


def counts(report):
    return {key: (one.exchanges, one.differences) for key, one in report.routes.items()}


def test_a_difference_in_an_answer_of_flask_counts_against_the_routes_of_its_test():
    flask = run(exchange("t", 0), exchange("t", 1), exchange("u"))
    gateway = run(exchange("t", 0, route="GET /a"), exchange("t", 1, b"y"), exchange("u", route="GET /b"))
    report = judge("tests", flask, flask, gateway, ["GET /a", "GET /b"])
    assert counts(report) == {"GET /a": (1, 1), "GET /b": (1, 0)}
    assert not report.is_same


def test_a_difference_that_no_route_of_its_test_explains_counts_against_all():
    flask = run(exchange("t"), exchange("u"))
    gateway = run(exchange("t", body=b"y"), exchange("u", route="GET /b"))
    assert counts(judge("tests", flask, flask, gateway, ["GET /a", "GET /b"])) == {"GET /a": (0, 0), "GET /b": (1, 1)}


def test_a_test_that_did_not_run_through_the_gateway_is_a_difference():
    flask = run(exchange("t"), tests={"t": PASSED, "u": PASSED})
    gateway = run(exchange("t", route="GET /a"), tests={"t": PASSED})
    report = judge("tests", flask, flask, gateway, ["GET /a"])
    assert [(one.test, one.gateway) for one in report.outcomes] == [("u", "not run")]
    assert report.routes["GET /a"].differences == 1


def test_an_exchange_that_only_one_side_had_is_a_difference():
    flask = run(exchange("t", 0), exchange("t", 1))
    report = judge("tests", flask, flask, run(exchange("t", 0, route="GET /a")), ["GET /a"])
    assert [str(one.differences[0]) for one in report.changed] == ["request: was not sent, Flask gave was sent"]
    more = judge("tests", run(exchange("t", 0)), run(exchange("t", 0)), flask, [])
    assert [str(one.differences[0]) for one in more.changed] == ["request: was sent, Flask gave was not sent"]


def test_a_test_that_fails_on_both_sides_is_no_difference():
    flask = run(exchange("t"), tests={"t": FAILED})
    report = judge("tests", flask, flask, run(exchange("t", route="GET /a"), tests={"t": FAILED}), ["GET /a"])
    assert report.is_same
    assert report.routes["GET /a"].exchanges == 1


def test_a_test_whose_requests_were_held_back_gives_no_evidence():
    flask = run(exchange("t", 0), exchange("t", 1))
    gateway = run(exchange("t", 0, route="GET /a"), exchange("t", 1), apart={"t": ("replaces shop.charge",)})
    report = judge("tests", flask, flask, gateway, ["GET /a"])
    assert counts(report) == {"GET /a": (0, 0)}
    assert report.unreached == ("GET /a",)
    assert [(one.why, one.reason) for one in report.apart] == [("replacement", "replaces shop.charge")]


def test_a_reader_of_contexts_that_made_fewer_requests_is_excused():
    flask = run(exchange("t", 0), exchange("t", 1), context_reads={"t": ("g",)})
    gateway = run(exchange("t", 0, route="GET /a"), tests={"t": FAILED})
    report = judge("tests", flask, flask, gateway, ["GET /a"])
    assert report.is_same
    assert counts(report) == {"GET /a": (1, 0)}
