"""Writes down what a Flask application really consists of, as JSON; run by the application's own interpreter.

    python inventory.py --app shop.wsgi:app --root DIR --out FILE.json [--env-file FILE]

`--app` is what `flask --app` takes: `module:attribute`, `module:factory`, `module:factory("literal")`, `module` (then
`app`, `application`, the only Flask instance, `create_app()` or `make_app()`), or a file. Importing the application
runs its code. Exit code 0: the document describes the application. 3: it holds an `error` (kind, message, module, file,
line, traceback).
Needs nothing but the standard library and the application's Flask (1.0 or newer), on Python 3.6 or newer.
Values of the configuration are never written, except those of the flags in `migrate_inventory/application.py`, none of
which is a secret.
"""

import importlib

if __name__ == "__main__":
    # by name: to this script it lies beside it, to everything else below `migrator.inside`
    importlib.import_module("migrate_inventory.document").main()
