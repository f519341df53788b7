"""The shop's converted schemas load, refuse and dump as Marshmallow's on inputs that are drawn at random.

`FUZZ_INPUTS` says how many for each schema (`make fuzz`: 20,000, drawn anew each time); by default always the same 500.
"""

import json
import os
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from migrator.cli.entry import cli

SHOP = Path(__file__).parents[2] / "examples" / "shop"
ASKED = os.environ.get("FUZZ_INPUTS")


def test_the_shops_schemas_agree(tmp_path: Path) -> None:
    root = Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__")))

    def migrate(*arguments: str) -> Result:
        result = CliRunner().invoke(cli, ["-C", str(root), *arguments], prog_name="migrate")
        assert result.exit_code == 0, result.output + str(result.exception or "")
        return result

    migrate("init", "--app", "wsgi:app", "--target", "fastapi_app")
    migrate("apply", "--all")
    seed = [] if ASKED else ["--seed", "1"]
    report = json.loads(migrate("verify", "--schemas", "--inputs", ASKED or "500", "--format", "json", *seed).stdout)
    assert len(report["schemas"]) > 10
    assert report["inputs"] > 400 * len(report["schemas"])
