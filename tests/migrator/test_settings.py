"""`[tool.migrate]`: strict reading, and writing that touches nothing else."""

from dataclasses import replace

import pytest

from codemods.styles import Styles
from migrator.errors import MigrateError
from migrator.settings import Settings, read_settings, write_settings


def write(folder, text):
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_no_file_and_no_table_are_no_settings(tmp_path):
    assert read_settings(tmp_path) is None
    write(tmp_path, "[tool.other]\nx = 1\n")
    assert read_settings(tmp_path) is None


def test_everything_is_read(tmp_path):
    write(
        tmp_path,
        """
        [tool.migrate]
        app = "shop:create_app()"
        target = "src/shop_api"
        python = ".venv"
        env-file = ".env"
        pythonpath = ["lib"]
        include = ["shop/*"]
        exclude = ["shop/old/**"]
        static-only = true
        [tool.migrate.parity]
        json-dates = "preserve"
        [tool.migrate.schema-styles]
        default = "idiomatic"
        "shop.UserSchema" = "exact"
        """,
    )
    settings = read_settings(tmp_path)
    assert settings == Settings(
        app="shop:create_app()",
        target="src/shop_api",
        python=".venv",
        env_file=".env",
        pythonpath=("lib",),
        include=("shop/*",),
        exclude=("shop/old/**",),
        static_only=True,
        parity={"json-dates": "preserve"},
        styles=Styles("idiomatic", {"shop.UserSchema": "exact"}),
    )
    assert settings.styles.of("shop.UserSchema") == "exact"
    assert settings.styles.of("shop.OrderSchema") == "idiomatic"
    assert settings.digest != replace(settings, styles=Styles()).digest
    assert settings.package == "shop_api"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('targt = "x"', "no key 'targt' (did you mean 'target'"),
        ("target = 3", "a text is expected"),
        ('include = "shop"', "a list of texts is expected"),
        ("include = [1]", "a list of texts is expected"),
        ('target = "../elsewhere"', "must be a package below the project"),
        ('target = "/tmp/x"', "must be a package below the project"),
        ('target = "not-a-name"', "must be a package below the project"),
        ('parity = {json-date = "preserve"}', "no switch 'json-date' (did you mean 'json-dates'"),
        ('parity = {json-dates = "sometimes"}', "'preserve' or 'adopt' is expected"),
        ('schema-styles = {default = "nice"}', "'exact' or 'idiomatic' is expected"),
        ('schema-styles = "idiomatic"', "a table is expected"),
    ],
)
def test_a_mistake_is_an_error_that_names_the_file(tmp_path, line, said):
    write(tmp_path, f'[tool.migrate]\napp = "app:app"\n{line}\n')
    with pytest.raises(MigrateError) as error:
        read_settings(tmp_path)
    assert said in error.value.message
    assert str(tmp_path / "pyproject.toml") in error.value.message


@pytest.mark.parametrize("app", ["", ":app", "shop:", "shop: "])
def test_an_app_that_names_nothing(tmp_path, app):
    write(tmp_path, f'[tool.migrate]\napp = "{app}"\n')
    with pytest.raises(MigrateError, match="names no application"):
        read_settings(tmp_path)


def test_a_table_without_app(tmp_path):
    write(tmp_path, '[tool.migrate]\ntarget = "x"\n')
    with pytest.raises(MigrateError, match="does not say which application"):
        read_settings(tmp_path)


def test_a_file_that_is_no_toml(tmp_path):
    write(tmp_path, "[tool.migrate\n")
    with pytest.raises(MigrateError, match=r"pyproject\.toml: cannot be read"):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "before", ["", "# mine\n[project]\nname = 'x'  # keep\n", "[project]\nname = 'x'", "a = 1\r\n"]
)
def test_the_table_is_appended_and_the_rest_stays_byte_for_byte(tmp_path, before):
    file = tmp_path / "pyproject.toml"
    if before:
        file.write_bytes(before.encode())
    settings = Settings(
        app="shop:create_app('test')", target="api", python="../venv", env_file="ä.env", static_only=True
    )
    assert write_settings(tmp_path, settings)
    assert file.read_bytes().startswith(before.encode())
    assert read_settings(tmp_path) == settings
    assert not (b"\r\n" in before.encode()) ^ (b"\r\n" in file.read_bytes())


def test_a_table_that_is_there_is_left_alone(tmp_path):
    write(tmp_path, '[tool.migrate]\napp = "app:app"\n')
    assert not write_settings(tmp_path, Settings(app="app:app", target="other"))
    assert (tmp_path / "pyproject.toml").read_text() == '[tool.migrate]\napp = "app:app"\n'
