"""What the scan has to say: of files and applications (FM00x), of routes that it cannot follow (FM12x)."""

from codemods.findings import Diagnostic

SYNTAX_ERROR = Diagnostic(
    code="FM001",
    severity="review",
    summary="a file could not be parsed",
    why="the file is no valid Python for the version that this tool runs on, so nothing in it is known",
    advice="mend the file, or leave it out with [tool.migrate] exclude; everything else was scanned",
)
UNKNOWN_ENCODING = Diagnostic(
    code="FM002",
    severity="review",
    summary="a file could not be decoded",
    why="its bytes are not in the encoding that its first lines or its byte order mark announce (without these: UTF-8)",
    advice="save the file as UTF-8 or correct its `# -*- coding: -*-` line; everything else was scanned",
)
APP_NOT_FOUND = Diagnostic(
    code="FM003",
    severity="review",
    summary="the application could not be found in the source",
    why="no module of that name, or nothing in it that is made by `Flask(...)`, directly or by a factory",
    advice="check the --app reference; when the application is made in a way that only shows when running, "
    "let migrate import it (without --static-only)",
)
SEVERAL_APPS = Diagnostic(
    code="FM004",
    severity="review",
    summary="the project makes several Flask applications",
    why="routes of the others belong to another process or are mounted beside this one; they were not scanned",
    advice="give each application a manifest of its own",
)
AT_IMPORT = Diagnostic(
    code="FM005",
    severity="review",
    summary="importing the application starts or patches something",
    why="threads, schedulers, gevent, eventlet or uWSGI hooks run once in each process that imports the application; "
    "a patched standard library and an event loop do not go together",
    advice="run the Flask side in a process of its own, or start these things outside the import",
)
DEBUGGED = Diagnostic(
    code="FM007",
    severity="note",
    summary="the application runs in debug mode",
    why="there Flask indents JSON, says more in its 400s, and raises for a missing key of a form; converted routes "
    "answer as Flask does without it",
    advice="compare both sides with `DEBUG` off, as it is in production; for indented JSON set `app.json.compact`",
)
SET_UP = Diagnostic(
    code="FM008",
    severity="note",
    summary="the application sets something up while it is made",
    why="tables, directories or first rows are made in `with app.app_context()`; beside Flask that is done as before, "
    "the new application by itself does not do it",
    advice="before Flask is retired, do it in a step of the deployment, or in the `lifespan` of the new application",
)
LOGGED_REQUEST = Diagnostic(
    code="FM010",
    severity="note",
    summary="a formatter or filter of logs reads Flask's request",
    why="the log of a converted route is written while no request of Flask's is under way, so that such a class finds "
    "none: what it shows of the request is missing there, or it fails",
    advice="keep what it shows in a `contextvars.ContextVar` that an ASGI middleware sets, and read that",
)
NOT_LIVE = Diagnostic(
    code="FM006",
    severity="note",
    summary="the running application was not asked",
    why="routes, hooks and handlers are what the source says; what loops, extensions or conditions add is missing",
    advice="let migrate import the application, so that nothing is overlooked",
)
ONLY_IN_SOURCE = Diagnostic(
    code="FM121",
    severity="note",
    summary="a route in the source is not in the running application",
    why="its blueprint is not registered, or a condition, another configuration or dead code keeps it out",
    advice="nothing, if that is meant; else run migrate with the environment in which the route exists (--env-file)",
)
ONLY_LIVE = Diagnostic(
    code="FM122",
    severity="note",
    summary="a route of the running application has no declaration that can be read in the source",
    why="a loop, a helper or an extension registers it; what it serves is known, only the line that declares it is not",
    advice="check that the view shown is the right one",
)
ROUTE_IN_LOOP = Diagnostic(
    code="FM123",
    severity="review",
    summary="routes are registered in a loop or from a table",
    why="which rules come out of it shows only when the code runs",
    advice="let migrate import the application (without --static-only): then these routes are known",
)
RULE_NOT_CONSTANT = Diagnostic(
    code="FM124",
    severity="review",
    summary="a rule, prefix, endpoint or method list is not a constant",
    why="it is computed, so the source does not tell which URL it is",
    advice="let migrate import the application (without --static-only), or write the value as a constant",
)
UNKNOWN_OWNER = Diagnostic(
    code="FM125",
    severity="review",
    summary="a route is declared on an object that could not be traced",
    why="the object is passed around or made at run time, so its application or blueprint is not known",
    advice="let migrate import the application (without --static-only)",
)
NOT_REGISTERED = Diagnostic(
    code="FM126",
    severity="note",
    summary="a blueprint is never registered",
    why="no `register_blueprint` with it was found, so its routes are served by nobody",
    advice="nothing, if that is meant",
)
CONFLICTING_VIEW = Diagnostic(
    code="FM127",
    severity="review",
    summary="the running view is not the function that the source declares",
    why="something replaces or wraps the view after its declaration",
    advice="look at what replaces it; the running one counts",
)
BAD_RULE = Diagnostic(
    code="FM128",
    severity="review",
    summary="a rule cannot be parsed",
    why="it is not in the form `/path/<converter(arguments):name>`",
    advice="correct the rule; Flask refuses it too",
)
HANDLER_UNKNOWN = Diagnostic(
    code="FM129",
    severity="review",
    summary="an error handler is registered for something that the source does not tell",
    why="its status or class is computed, or comes from a loop over something that is no literal",
    advice="let migrate import the application (without --static-only): then it is known",
)
