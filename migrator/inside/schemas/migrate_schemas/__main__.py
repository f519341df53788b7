"""Answers the tool's questions until it hangs up.

    python -m migrate_schemas --app shop.wsgi:app --target fastapi_app --path FOLDER

Questions come as pickles on standard input, made by the tool and nobody else; answers leave as lines of JSON on what
was standard output. What the application prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import traceback
from typing import Any

from .application import started
from .cases import run
from .description import describe
from .sides import NamelessError, Sides


def main(arguments: list[str]) -> int:
    """Start the application, then answer."""
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(document: dict[str, Any]) -> None:
        answers.write(json.dumps(document) + "\n")
        answers.flush()

    try:
        with started(options["--app"], options["--target"], options["--path"]):
            answer({"ready": True})
            return converse(answer, options["--target"])
    except Exception as error:
        answer({"error": said(error), "traceback": traceback.format_exc()})
        return 3


def converse(answer: Any, target: str) -> int:
    """Answer one question after the other; 0 when there are no more."""
    known: dict[str, Sides] = {}
    while True:
        try:
            question = pickle.load(sys.stdin.buffer)
        except EOFError:
            return 0
        name = question["schema"]
        if "entry" in question:
            try:
                known[name] = Sides.found(name, question["entry"], target)
                answer(describe(known[name]))
            except NamelessError:
                answer({"nameless": True})
            except Exception as error:
                answer({"error": said(error), "traceback": traceback.format_exc()})
        else:
            answer(run(known[name], question["case"]))


def said(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
