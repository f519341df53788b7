"""`migrate verify --schemas` on a real project: what agrees, what differs, what it leaves in the manifest."""

import json

import pytest

SCHEMAS = ("app.AddressSchema", "app.PeriodSchema", "app.PersonSchema")


def test_schemas_that_agree_leave_evidence_and_promote_nothing(people):
    report = people.report("--inputs", "300", code=0)
    assert report["same"]
    assert report["seed"] == 7
    assert tuple(report["schemas"]) == SCHEMAS
    for one in report["schemas"].values():
        assert one["inputs"] >= 290
        assert one["accepted"] > 50
        assert one["refused"] > 20
    proof = people.manifest.schemas["app.PersonSchema"].proof
    assert (proof.inputs, proof.differences) == (report["schemas"]["app.PersonSchema"]["inputs"], 0)
    assert people.route("POST /people").state == "converted"
    refused = people.run("promote", "POST /people")
    assert refused.exit_code == 1
    assert "no evidence" in refused.stderr


def test_the_smallest_input_is_shown_with_both_answers(people):
    people.change("schemas/app.py", "Length(max=10)", "Length(max=11)")
    result = people.run("verify", "--schemas", "--seed", "7", "--inputs", "400")
    assert result.exit_code == 1
    assert "differs app.PersonSchema: load(data)" in result.stdout
    assert "    Marshmallow: refused: {'fullName': ['Longer than maximum length 10.']}" in result.stdout
    assert "    Pydantic:    {" in result.stdout
    assert "1 schema(s) disagree: 3 schema(s)" in result.stdout


def test_a_route_whose_schema_disagrees_is_not_promoted(people):
    people.change("schemas/app.py", "Length(max=10)", "Length(max=11)")
    people.run("apply", "--all", "--adopt")
    people.report("--inputs", "400", code=1)
    assert people.manifest.schemas["app.PersonSchema"].proof.differences == 1
    refused = people.run("promote", "POST /periods", "POST /people", "GET /plain")
    assert refused.exit_code == 1
    assert people.run("promote", "POST /people", "--unverified").exit_code == 0


def test_only_the_schemas_of_selected_routes(people):
    assert list(people.report("POST /periods", "--inputs", "20", code=0)["schemas"]) == ["app.PeriodSchema"]
    result = people.run("verify", "GET /plain", "--schemas")
    assert result.exit_code == 1
    assert "no schema of these routes is converted" in result.stderr


def test_the_same_seed_draws_the_same_inputs(people):
    first, second = (people.report("POST /periods", "--inputs", "200", code=0)["schemas"] for _ in range(2))
    assert first == second


def test_a_schema_that_cannot_be_compared_says_why(people):
    text = (people.root / "app.py").read_text("utf-8")
    (people.root / "app.py").write_text(text.replace("unknown = EXCLUDE", 'fields = ("nothing",)'), "utf-8")
    report = people.report("POST /periods", "--inputs", "20", code=1)
    assert "nothing" in report["schemas"]["app.PeriodSchema"]["problem"]
    assert people.manifest.schemas["app.PeriodSchema"].proof is None


def test_several_processes_find_what_one_finds(people):
    people.change("schemas/app.py", 'city: Str = "Ulm"', 'city: Str = "Bonn"')
    alone, shared = (people.report("--inputs", "100", "--jobs", jobs, code=1) for jobs in ("1", "3"))
    assert list(shared["schemas"]) == sorted(shared["schemas"])
    assert len(shared["schemas"]) == 3
    assert shared == alone


def test_what_was_compared_before_the_application_ended_is_kept(people):
    people.change("schemas/app.py", '["fullName"].upper()', '["fullName"].upper() and __import__("os")._exit(3)')
    result = people.run("verify", "--schemas", "--seed", "7", "--inputs", "100", "--jobs", "1")
    assert result.exit_code == 2
    assert "the application's process ended" in result.stderr
    proofs = {name: entry.proof for name, entry in people.manifest.schemas.items()}
    assert proofs["app.PersonSchema"] is None
    assert proofs["app.PeriodSchema"].inputs > 0


def test_an_application_that_does_not_start(people):
    (people.root / "app.py").write_text("import no_such_module", "utf-8")
    result = people.run("verify", "--schemas")
    assert result.exit_code == 2
    assert "no_such_module" in result.stderr


@pytest.mark.parametrize("arguments", [("--schemas", "--tests"), ()])
def test_one_way_to_compare_has_to_be_chosen(people, arguments):
    result = people.run("verify", *arguments)
    assert result.exit_code == 2
    assert "--schemas" in result.stderr


def test_the_status_tells_what_is_proved(people):
    def lines() -> str:
        result = people.run("status", "--static-only")
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "0 of 3 agree, on 0 inputs" in lines()
    assert "app.PersonSchema: never compared" in lines()
    inputs = people.report("POST /periods", "--inputs", "20", code=0)["schemas"]["app.PeriodSchema"]["inputs"]
    assert f"1 of 3 agree, on {inputs} inputs" in lines()
    assert "app.PeriodSchema:" not in lines()
    people.change("schemas/app.py", "self.last)", "self.first)")
    people.run("apply", "--all", "--adopt")
    assert "app.PeriodSchema: compared with other output" in lines()
    people.report("POST /periods", "--inputs", "400", code=1)
    assert "app.PeriodSchema: 1 difference(s) were found" in lines()
    (one,) = [
        one
        for one in json.loads(people.run("status", "--static-only", "--format", "json").stdout)["schemas"]
        if one["name"] == "app.PeriodSchema"
    ]
    assert (one["file"], one["objection"]) == ("fastapi_app/schemas/app.py", "1 difference(s) were found")
