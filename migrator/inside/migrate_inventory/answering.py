"""How a script of ours ends: its document written, and the process with all its threads gone at once."""
# ruff: noqa: PTH123

import json
import os
import sys
import traceback
from typing import Any, Callable, Dict, NoReturn  # noqa: UP035

Document = Dict[str, Any]  # noqa: UP006


def answer(out: str, make: Callable[[], Document]) -> NoReturn:
    """Write what `make` gives, or the `error` (message, traceback) that it ends in, and end: exit code 0 or 3."""
    code = 0
    try:
        document = make()
    except BaseException as error:  # the user's code may raise anything, `SystemExit` too
        document = {"error": {"message": str(error) or type(error).__name__, "traceback": traceback.format_exc()}}
        code = 3
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(document, stream)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
