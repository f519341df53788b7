"""`migrate verify --tests` on a real project: its suite on Flask alone, then through a real gateway."""


def test_a_faithful_side_gives_the_same_exchanges_and_gets_evidence(shop):
    report = shop.report("--tests", code=0)
    assert report["same"]
    assert report["tests"] == 3
    assert report["exchanges"] == report["on_fastapi"] == 4
    created = shop.route("POST /items")
    assert created.state == "verified"
    assert (created.evidence.kind, created.evidence.exchanges, created.evidence.differences) == ("tests", 1, 0)
    assert created.evidence.digests["output"] == created.output.digest
