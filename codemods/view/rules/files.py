"""`send_file` and `send_from_directory`.

    send_file(path, as_attachment=True)    →    send_file(request, path, as_attachment=True, …)

Flask starts relative paths at the application's root and asks the application how long a file may be cached; both come
from the Flask application, so such a route is bridged.
"""

import libcst as cst

from codemods.view.rule import CallRule, Rule, Translation, code
from codemods.view.rules.json_body import JSON_OPTIONS


def sender(name: str) -> CallRule:
    """The rule of one of the two functions."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        if any(one.star for one in call.args):
            raise translation.refuse(JSON_OPTIONS, written, code(written))
        translation.needs_application(written.func)
        application = translation.need("flask", "current_app")
        keywords = {one.keyword.value for one in call.args if one.keyword is not None}
        added = [f"root_path={application}.root_path"]
        if "max_age" not in keywords:
            added.append(f"max_age={application}.get_send_file_max_age")
        extra = cst.ensure_type(cst.parse_expression(f"f({', '.join(added)})"), cst.Call).args
        helper = cst.Name(translation.need(".compat.files", name))
        last = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in call.args]
        return call.with_changes(func=helper, args=[cst.Arg(translation.request()), *last, *extra])

    return rule


RULE = Rule(calls={f"flask.{name}": sender(name) for name in ("send_file", "send_from_directory")})
