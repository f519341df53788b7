"""Names of fields that Pydantic has for something else."""

import pytest
from pydantic import BaseModel

from codemods.schemas.basis.attribute_names import RESERVED, free_name, is_allowed


def test_what_models_have_is_no_name_of_a_field():
    own = [name for name in dir(BaseModel) if not name.startswith("_")]
    assert not [name for name in own if is_allowed(name) and name not in RESERVED]


@pytest.mark.parametrize(
    ("name", "free"),
    [
        ("model_dump", "field_model_dump"),
        ("model_config", "model_config_"),
        ("model_year", "model_year"),
        ("_private", "private"),
        ("class", "class_"),
        ("json", "json_"),
        ("größe", "gr__e"),
        ("1st", "field_1st"),
        ("!", "field"),
    ],
)
def test_a_name_that_is_free_is_found_for_each(name, free):
    assert free_name(name, RESERVED) == free


def test_fields_keep_their_names_where_they_may(prove):
    both = prove(
        """
class Subject(Schema):
    a = fields.Int(attribute="model_dump")
    model_year = fields.Int(data_key="b")
    model_config = fields.Str(data_key="c")
    model_validate_all = fields.Bool(data_key="x", load_default=True)
""",
        {"a": 1, "b": "2", "c": "3", "x": "no"},
        {"model_dump": 1, "model_year": 2, "model_config": "c", "model_validate_all": 0},
    )
    assert "model_year: Int" in both.text
