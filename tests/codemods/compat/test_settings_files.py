"""Settings from files and the environment, beside Flask's own."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Config

from codemods.compat.settings_files import add_environment, data_file, python_file, python_file_of

PYTHON = """
import os
NAME = os.path.basename(__file__)
MODULE = __name__
small = 1
Mixed = 2
_PRIVATE = 3
WITH_DIGIT_2 = 4
def FUNCTION(): return NAME
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of settings."""
    (tmp_path / "good.py").write_text(PYTHON)
    (tmp_path / "bad.py").write_text("NAME = undefined")
    (tmp_path / "good.json").write_text('{"NAME": "ä", "small": 1, "NESTED": {"small": 2}}')
    (tmp_path / "good.toml").write_text('NAME = "toml"\nsmall = 1\n')
    (tmp_path / "directory.py").mkdir()
    return tmp_path


def outcome(function: Any, *arguments: Any, **keywords: Any) -> Any:
    """What a call returns, or the class of what it raises."""
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        return type(error)


def comparable(found: Any) -> Any:
    """Settings with functions told by their names."""
    return (
        {key: getattr(value, "__name__", value) for key, value in found.items()} if isinstance(found, dict) else found
    )


def flask_says(folder: Path, method: str, *arguments: Any, **keywords: Any) -> Any:
    """The settings that Flask's own method makes, or the class of what it raises."""
    config = Config(folder, {})
    found = outcome(getattr(config, method), *arguments, **keywords)
    return found if isinstance(found, type) else dict(config)


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("name", ["good.py", "./good.py", "bad.py", "missing.py", "directory.py", "good.py/inner.py"])
def test_python_files(folder: Path, name: str, silent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    found = comparable(outcome(python_file, str(folder), name, silent=silent))
    assert found == comparable(flask_says(folder, "from_pyfile", name, silent=silent))
    assert found == comparable(outcome(python_file, "/elsewhere", folder / name, silent=silent))
    monkeypatch.setenv("UNHEARD_OF_SETTINGS", name)
    assert found == comparable(outcome(python_file_of, str(folder), "UNHEARD_OF_SETTINGS", silent=silent))


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_names_no_file(
    folder: Path, value: str | None, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNHEARD_OF_SETTINGS", raising=False)
    if value is not None:
        monkeypatch.setenv("UNHEARD_OF_SETTINGS", value)
    found = outcome(python_file_of, str(folder), "UNHEARD_OF_SETTINGS", silent)
    assert found == flask_says(folder, "from_envvar", "UNHEARD_OF_SETTINGS", silent)


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(
    ("name", "load", "text"),
    [
        ("good.json", json.load, True),
        ("good.json", json.load, False),
        ("good.toml", tomllib.load, False),
        ("good.toml", tomllib.load, True),
        ("missing.toml", tomllib.load, False),
        ("directory.py", json.load, True),
        ("good.json/inner", json.load, True),
    ],
)
def test_data_files(folder: Path, name: str, load: Any, text: bool, silent: bool) -> None:
    found = outcome(data_file, str(folder), name, load, silent, text)
    assert found == flask_says(folder, "from_file", name, load, silent, text)


@pytest.mark.parametrize(
    "variables",
    [
        {"A": "1", "B": "text", "C": '{"x": 1}', "D": "", "lower": "true"},
        {"A__B": "1", "A__C__D": "[1]", "A": '{"z": 0}'},
        {"A__B": "1", "A": "2"},
        {"A": "1", "A__B": "2"},
        {"__A": "1"},
        {"A__": "1"},
    ],
)
def test_the_environment(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("UNHEARD_OF_", "FLASK_"))]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(f"UNHEARD_OF_{name}", value)
        monkeypatch.setenv(f"FLASK_{name}", value)
    before: dict[str, Any] = {"A": {"kept": 1}, "B": 2}
    for arguments, keywords in ((("UNHEARD_OF",), {}), ((), {}), (("UNHEARD_OF",), {"loads": str.upper})):
        config, mine = Config("", json.loads(json.dumps(before))), json.loads(json.dumps(before))
        theirs = outcome(config.from_prefixed_env, *arguments, **keywords)
        found = outcome(add_environment, mine, *arguments, **keywords)
        assert (found is None) == (theirs is True)
        assert mine == dict(config)
