"""Writes down the OpenAPI documents of a Flask application and of its FastAPI successor; run by its own interpreter.

    python documents.py --app shop.wsgi:app --root DIR --target PACKAGE --out FILE.json

What is written is `{"flask": [[path, document]], "asked": [path], "fastapi": document}`: every document that the Flask
application serves at a rule whose last part sounds like one, the rules that were asked, and FastAPI's own document.
"""
# ruff: noqa: PTH100

import argparse
import importlib
import json
import os
import re
from typing import Any, Dict, List  # noqa: UP035

SOUNDS_LIKE_ONE = re.compile(r"(openapi|swagger|spec|schema|api-?docs?|api[^/]*\.json$)[^/]*/?$", re.IGNORECASE)


def likely(app: Any) -> List[str]:  # noqa: UP006
    """The rules at which Flask extensions serve documents: without variables, by GET."""
    rules = [one for one in app.url_map.iter_rules() if not one.arguments and "GET" in (one.methods or ())]
    return sorted({one.rule for one in rules if SOUNDS_LIKE_ONE.search(one.rule)})


def served(app: Any, path: str) -> Any:
    """The document at a path; None where something else is."""
    answer = app.test_client().get(path)
    try:
        found = json.loads(answer.get_data(as_text=True)) if answer.status_code == 200 else None
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        return None
    return found if "openapi" in found or "swagger" in found else None


def both(app: Any, target: str) -> Dict[str, Any]:  # noqa: UP006
    """The whole document."""
    gateway = importlib.import_module(target + ".gateway").create_gateway(app)
    asked = likely(app)
    found = [(path, served(app, path)) for path in asked]
    return {
        "flask": [(path, document) for path, document in found if document is not None],
        "asked": asked,
        "fastapi": gateway.fastapi_app.openapi(),
    }


def main() -> None:
    """Write the document and end the process at once, threads of the application or not."""
    parser = argparse.ArgumentParser(description="Write down the OpenAPI documents of both sides.")
    for name in ("--app", "--root", "--target", "--out"):
        parser.add_argument(name, required=True)
    chosen = parser.parse_args()

    def document() -> Dict[str, Any]:  # noqa: UP006
        loading = importlib.import_module("migrate_inventory.loading")
        app, _, _ = loading.import_application(chosen.app, os.path.abspath(chosen.root))
        return both(app, chosen.target)

    importlib.import_module("migrate_inventory.answering").answer(chosen.out, document)


if __name__ == "__main__":
    main()
