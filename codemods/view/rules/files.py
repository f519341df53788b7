"""`send_file` and `send_from_directory`.

    send_file("report.pdf")    →    send_file(request, "report.pdf", root_path=request.app.state.root_path)
    app.send_static_file(name) →    send_from_directory(request, "static", name, root_path=request.app.state.root_path)

Flask starts relative paths at the application's root, which `main.py` knows where it lies in the project; where it does
not, the route is bridged. An open file has no path.
"""

import posixpath
from pathlib import PurePosixPath

import libcst as cst

from codemods.obstacles import static_folder
from codemods.view.diagnostics import NEEDS_CONTEXT
from codemods.view.rule import TIGHT, CallRule, Rule, Translation, bind, code, expression, string
from codemods.view.rules.json_body import JSON_OPTIONS


def sender(name: str) -> CallRule:
    """The rule of one of the two functions."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if any(one.star for one in call.args):
            raise translation.refuse(JSON_OPTIONS, written, code(written))
        helper = cst.Name(translation.need(".compat.files", name))
        args = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in call.args]
        if not has_no_root(translation, written):
            root = cst.Arg(root_path(translation, written), keyword=cst.Name("root_path"), equal=TIGHT)
            args.append(root)
        return call.with_changes(func=helper, args=[cst.Arg(translation.request()), *args])

    return rule


def has_no_root(translation: Translation, call: cst.Call) -> bool:
    """Whether the first argument is an open file or an absolute path."""
    first = call.args[0].value if call.args and call.args[0].keyword is None else None
    return first is not None and (translation.kind(first) == "file" or (string(first) or "").startswith("/"))


def root_path(translation: Translation, call: cst.Call) -> cst.BaseExpression:
    """The application's root: of the project, where it lies there, else of the Flask application."""
    known = own_root(translation)
    if known is not None:
        return known
    translation.needs_application(call.func)
    return cst.parse_expression(f"{translation.need('flask', 'current_app')}.root_path")


def own_root(translation: Translation) -> cst.BaseExpression | None:
    """The application's root where it lies in the project."""
    project = translation.names.project
    root = project.application.root_path
    if project.live and root and not PurePosixPath(root).is_absolute():
        return expression("{request}.app.state.root_path", request=translation.request())
    return None


def shown_root(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_app.root_path`."""
    known = own_root(translation)
    if known is None:
        translation.needs_application(node)
        return node
    return known


def static_file(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`app.send_static_file(filename)`: a file of the static folder, as seen from the application's root."""
    found = bind(call, "filename")
    project = translation.names.project
    folder, root = static_folder(project, ""), project.application.root_path
    if found is None or len(found) != 1 or folder is None or not root or PurePosixPath(root).is_absolute():
        raise translation.refuse(NEEDS_CONTEXT, written, code(written))
    helper = translation.need(".compat.files", "send_from_directory")
    return expression(
        helper + "({request}, {folder}, {filename}, root_path={root})",
        request=translation.request(), folder=cst.SimpleString(f'"{posixpath.relpath(folder, root)}"'),
        filename=found["filename"], root=root_path(translation, written),
    )  # fmt: skip


RULE = Rule(
    calls={
        **{f"flask.{name}": sender(name) for name in ("send_file", "send_from_directory")},
        "flask.current_app.send_static_file": static_file,
    },
    kinds={
        **dict.fromkeys(("io.BytesIO", "builtins.open", "tempfile.TemporaryFile"), "file"),
        "flask.current_app.send_static_file": "response",
    },
)
