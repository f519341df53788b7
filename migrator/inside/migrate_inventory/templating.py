"""The Jinja environment: its settings, its templates' text, and what else templates may call."""
# ruff: noqa: UP006, UP035, SIM905, PTH118

import importlib
import os
from typing import Any, Dict, List, Tuple

from .callables import Describer, Facts, described, type_name

SYNTAX = (
    "block_start_string block_end_string variable_start_string variable_end_string comment_start_string "
    "comment_end_string line_statement_prefix line_comment_prefix trim_blocks lstrip_blocks newline_sequence "
    "keep_trailing_newline optimized"
).split()
LARGEST = 200_000


def template_facts(app: Any, describer: Describer) -> Facts:
    """Template globals, filters and tests that neither Jinja nor Flask has. A missing Jinja environment is made."""
    defaults: Any = importlib.import_module("jinja2.defaults")
    flasks = {"url_for", "get_flashed_messages", "config", "request", "session", "g", "tojson", "_"}
    tables: Dict[str, Tuple[Any, Any]] = {
        "template_globals": (app.jinja_env.globals, defaults.DEFAULT_NAMESPACE),
        "template_filters": (app.jinja_env.filters, defaults.DEFAULT_FILTERS),
        "template_tests": (app.jinja_env.tests, defaults.DEFAULT_TESTS),
    }
    found: Facts = {"template_names": []}
    for kind, (table, normal) in tables.items():
        names = [name for name in table if name not in normal and name not in flasks]
        names += [name for name in table if name in normal and table[name] is not normal[name]]
        found[kind] = {name: described(table[name]) for name in names}
        for name in names:
            called = describer.describe(table[name]) if callable(table[name]) else None
            found["template_names"].append({"kind": kind[len("template_") : -1], "name": name, "callable": called})
    found["jinja_options"], found["jinja_unusual"] = environment_facts(app)
    found["templates"] = template_texts(app)
    return found


def environment_facts(app: Any) -> Tuple[Facts, List[str]]:
    """The environment's settings that are not Jinja's defaults, and what of it cannot be told as a value."""
    jinja2: Any = importlib.import_module("jinja2")
    made, plain = app.jinja_env, jinja2.Environment()
    options = {name: getattr(made, name) for name in SYNTAX if getattr(made, name) != getattr(plain, name)}
    unusual = []
    extensions = sorted(made.extensions)
    if extensions:
        options["extensions"] = extensions
    unusual += [name for name in extensions if not name.startswith("jinja2.ext.")]
    if isinstance(made.autoescape, bool):
        options["autoescape"] = made.autoescape
    elif made.autoescape != app.select_jinja_autoescape:
        unusual.append("autoescape")
    if made.undefined is not jinja2.Undefined:
        unusual.append("undefined " + type_name(made.undefined))
    if made.finalize is not None:
        unusual.append("finalize")
    ours = {name: value for name, value in made.policies.items() if name != "json.dumps_function"}
    if ours != {name: value for name, value in plain.policies.items() if name != "json.dumps_function"}:
        unusual.append("policies")
    if type(made.loader).__name__ != "DispatchingJinjaLoader":
        unusual.append("loader " + type_name(made.loader))
    for owner in [app, *app.blueprints.values()]:
        folder = owner.template_folder
        expected = [] if folder is None else [os.path.join(owner.root_path, str(folder))]
        loader = owner.jinja_loader
        if loader is not None and (type(loader) is not jinja2.FileSystemLoader or loader.searchpath != expected):
            unusual.append("jinja_loader of " + owner.name)
    return options, unusual


def template_texts(app: Any) -> Dict[str, str]:
    """The text of every template that is no larger than a page is."""
    found = {}
    try:
        names = app.jinja_env.list_templates()
    except TypeError:  # a loader that cannot list them
        return {}
    for name in names:
        try:
            text = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        except Exception:  # a picture, say, or what the loader itself refuses
            continue
        if len(text) <= LARGEST:
            found[name] = text
    return found
