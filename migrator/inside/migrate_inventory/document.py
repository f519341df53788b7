"""The document: everything about an application, or why it could not be had."""
# ruff: noqa: PTH100, PTH120, PTH123

import argparse
import gc
import json
import os
import platform
import sys
import traceback
from typing import NoReturn

from .application import application_facts
from .callables import OWN_FOLDER, Describer, Facts, type_name
from .loading import import_application, load_environment
from .registrations import blueprint_facts, error_handler_facts, hook_facts
from .routing import url_map_facts
from .surroundings import hazard_facts, own_modules, thread_facts, variable_names, versions

FORMAT = 1


def inventory(reference: str, root: str) -> Facts:
    """The whole document for an application."""
    app, is_factory, name = import_application(reference, root)
    describer = Describer(root)
    modules = own_modules(describer)
    facts: Facts = {
        "format": FORMAT,
        "reference": reference,
        "module": name,
        "is_factory": is_factory,
        "python": {"version": platform.python_version(), "implementation": platform.python_implementation()},
        "distributions": versions(),
        "application": application_facts(app, describer),
        "url_map": url_map_facts(app, describer),
        "endpoints": {endpoint: describer.describe(view) for endpoint, view in app.view_functions.items()},
        "blueprints": blueprint_facts(app, describer, variable_names(modules)),
        "hooks": hook_facts(app, describer),
        "error_handlers": error_handler_facts(app, describer),
        "modules": modules,
        "threads": thread_facts(describer),
        "hazards": hazard_facts(),
    }
    return facts


def error_facts(error: BaseException, root: str) -> Facts:
    """What went wrong and where: the deepest frame in the project's own files, and a syntax error's own place."""
    describer = Describer(root)
    kind = {ImportError: "import-error", SyntaxError: "syntax-error", SystemExit: "exit"}
    name = next((text for cls, text in kind.items() if isinstance(error, cls)), "exception")
    facts: Facts = {"kind": getattr(error, "kind", name), "message": str(error) or type(error).__name__}
    facts.update(file=None, line=None, exception=type_name(error))
    facts["module"] = getattr(error, "module", None) or getattr(error, "name", None)
    for frame in traceback.extract_tb(error.__traceback__):
        relative = describer.relative(frame.filename)
        if relative and os.path.dirname(os.path.abspath(frame.filename)) != OWN_FOLDER:
            facts.update(file=relative, line=frame.lineno)
    if isinstance(error, SyntaxError) and error.filename:
        facts.update(file=describer.relative(error.filename) or error.filename, line=error.lineno)
    facts["traceback"] = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return facts


def options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description="Write down what a Flask application consists of.")
    parser.add_argument("--app", required=True, help="module:attribute, module:factory, module:factory('x') or module")
    parser.add_argument("--root", required=True, help="the project's folder")
    parser.add_argument("--out", required=True, help="the file to write")
    parser.add_argument("--env-file", help="a file of KEY=value lines, set before the import")
    return parser.parse_args()


def main() -> NoReturn:
    """Write the document and end the process at once, threads of the application or not."""
    gc.disable()  # a process of a moment, in which it would go through all modules again and again
    chosen = options()
    root, out = os.path.abspath(chosen.root), os.path.abspath(chosen.out)
    code = 0
    try:
        if chosen.env_file:
            load_environment(chosen.env_file)
        document = inventory(chosen.app, root)
    except BaseException as error:  # the user's code may raise anything, `SystemExit` too
        document = {"format": FORMAT, "reference": chosen.app, "error": error_facts(error, root)}
        code = 3
    with open(out, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(document, sort_keys=True, default=repr))
        stream.flush()
        os.fsync(stream.fileno())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
