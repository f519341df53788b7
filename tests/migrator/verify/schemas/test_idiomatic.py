"""Idiomatic schemas on a real project: where they differ is found, kept, shown, and asked about before a promotion."""

import json
import shutil
from pathlib import Path

import pytest

from migrator.evidence import schema_objection
from migrator.settings import Settings, read_settings
from migrator.verify.schemas.kinds import Kinds

STYLES = '\n[tool.migrate.schema-styles]\ndefault = "idiomatic"\n'


@pytest.fixture(scope="session")
def idiomatic_original(original: Path, tmp_path_factory: pytest.TempPathFactory, people_of) -> Path:
    """The project with its schemas in the idiomatic style, compared once."""
    root = Path(shutil.copytree(original, tmp_path_factory.mktemp("idiomatic") / "people"))
    with (root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(STYLES)
    people = people_of(root)
    assert people.run("apply", "--all").exit_code == 0
    (root / "report.json").write_text(json.dumps(people.report("--inputs", "200", code=0)), "utf-8")
    return root


@pytest.fixture
def idiomatic(idiomatic_original: Path, tmp_path: Path, people_of):
    """A copy of it."""
    return people_of(Path(shutil.copytree(idiomatic_original, tmp_path / "people")))


def settings_of(root: Path) -> Settings:
    settings = read_settings(root)
    assert settings is not None
    return settings


def test_every_kind_of_difference_is_shown_with_its_smallest_example(idiomatic):
    report = json.loads((idiomatic.root / "report.json").read_text("utf-8"))
    period = report["schemas"]["app.PeriodSchema"]
    assert (period["style"], period["disagreements"]) == ("idiomatic", [])
    assert period["inputs"] >= 190
    shown = {(one["place"], one["marshmallow"], one["pydantic"], one["input"]) for one in period["kinds"]}
    assert ("first", "refuses it: ['Not a valid date.']", "takes it", "{'first': 0}") in shown
    assert report["schemas"]["app.PersonSchema"]["style"] == "exact"
    assert report["schemas"]["app.PersonSchema"]["kinds"] == []
    assert "class PeriodBase(WordedModel)" in (idiomatic.root / "fastapi_app" / "schemas" / "app.py").read_text("utf-8")


def test_what_was_found_is_kept_and_asked_about_before_a_promotion(idiomatic):
    manifest, settings = idiomatic.manifest, settings_of(idiomatic.root)
    proof = manifest.schemas["app.PeriodSchema"].proof
    assert proof.differences == len(proof.kinds) > 3
    route = idiomatic.route("POST /periods")
    against = f"app.PeriodSchema is idiomatic, and differs in {proof.differences} way(s): `migrate plan` lists them"
    assert schema_objection(route, manifest.schemas, settings) == against
    assert schema_objection(idiomatic.route("POST /people"), manifest.schemas, settings) is None
    assert idiomatic.run("promote", "POST /periods").exit_code == 1
    assert idiomatic.run("promote", "POST /periods", "--unverified").exit_code == 0
    assert idiomatic.route("POST /periods").history[-1].reason.endswith("--unverified")


def test_an_idiomatic_schema_that_was_never_compared_is_no_evidence(idiomatic):
    manifest, settings = idiomatic.manifest, settings_of(idiomatic.root)
    manifest.schemas["app.PeriodSchema"].proof = None
    against = schema_objection(idiomatic.route("POST /periods"), manifest.schemas, settings)
    assert against is not None
    assert "was never compared" in against


def test_a_few_inputs_without_a_difference_are_no_evidence(idiomatic):
    manifest, settings = idiomatic.manifest, settings_of(idiomatic.root)
    proof = manifest.schemas["app.PeriodSchema"].proof
    proof.kinds, proof.differences = [], 0
    assert schema_objection(idiomatic.route("POST /periods"), manifest.schemas, settings) is None
    proof.inputs = 1
    against = schema_objection(idiomatic.route("POST /periods"), manifest.schemas, settings)
    assert against is not None
    assert "1 inputs are too few" in against


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_the_plan_lists_them(idiomatic, form):
    result = idiomatic.run("-v", "plan", "--static-only", "--format", form)
    assert result.exit_code == 0, result.output
    found = " ".join(result.stdout.split())
    kinds = idiomatic.manifest.schemas["app.PeriodSchema"].proof.kinds
    assert "app.PeriodSchema" in found
    assert all(one.place in found for one in kinds)
    assert "the members of 'Colour' by name" in found.replace("\\_", "_")
    if form == "json":
        schemas = {one["name"]: one for one in json.loads(result.stdout)["schemas"]}
        assert len(schemas["app.PeriodSchema"]["differences"]) == len(kinds)
        assert schemas["app.PersonSchema"]["style"] == "exact"
    elif form == "text":
        assert f"differs in {len(kinds)} way(s)" in found


def test_a_plan_of_other_routes_does_not(idiomatic):
    assert "PeriodSchema" not in idiomatic.run("plan", "GET /plain", "--static-only").stdout


def test_the_status_tells_the_style_and_what_the_other_one_would_end(idiomatic):
    text = " ".join(idiomatic.run("status", "--static-only").stdout.split())
    assert "app.PeriodSchema: idiomatic; " in text
    assert "app.PersonSchema: exact, although idiomatic was chosen: the members of 'Colour' by name" in text
    debt = json.loads(idiomatic.run("status", "--static-only", "--format", "json").stdout)["debt"]
    ended = {one["file"].rpartition("/")[2] for one in debt if "idiomatic" in one["styles"]}
    assert {"schema.py", "fields.py"} <= ended
    assert not ended & {"models.py", "worded_models.py", "json_body.py"}
    (worded,) = [one for one in debt if one["file"].endswith("/worded_models.py")]
    assert worded["switches"] == ["validation-errors"]


def test_a_style_for_a_schema_that_there_is_not(idiomatic):
    with (idiomatic.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('"app.PeriodSchem" = "exact"\n')
    result = idiomatic.run("plan", "--static-only")
    assert result.exit_code == 2
    assert "defines no schema 'app.PeriodSchem' (did you mean 'app.PeriodSchema'" in result.stderr


def test_a_style_for_a_view(idiomatic):
    with (idiomatic.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('"app.plain" = "exact"\n')
    result = idiomatic.run("plan", "--static-only")
    assert result.exit_code == 2
    assert "defines no schema 'app.plain'" in result.stderr


def test_an_example_loses_all_that_it_does_not_need():
    asked = []

    def ask(case):
        asked.append(case)
        given = case["input"] if isinstance(case["input"], dict) else {}
        found = {"kind": ["a", "int", "x", "y"], "place": "a", "marshmallow": "x", "pydantic": "y"}
        return {"differences": [found] if given.get("a") else [], "ends": ["value", "refused"]}

    case = {"way": "load", "many": True, "partial": True, "unknown": "allow", "objects": False}
    kinds = Kinds()
    for size in (3, 1, 2):
        given = {**case, "many": False, "input": {"a": size, **{f"b{one}": [1, {"c": 2}] for one in range(size)}}}
        kinds.note(given, ask(given))
    assert len(kinds.found) == 1
    (one,) = kinds.smallest(ask)
    assert one.case == {
        "way": "load",
        "many": False,
        "partial": False,
        "unknown": None,
        "objects": False,
        "input": {"a": 1},
    }
    assert len(asked) < 20
