"""Questions about Flask's contexts whose answer is known: converted code always serves a request.

if has_request_context():    →    (the branch itself)
    entry.address = request.remote_addr
"""

import libcst as cst

from codemods.view.rule import Rule, Translation


def always(_: Translation, __: cst.Call, ___: cst.Call) -> cst.BaseExpression:
    """`has_request_context()`, `has_app_context()`: a converted function is only ever called for a request."""
    return cst.Name("True")


RULE = Rule(calls={"flask.has_request_context": always, "flask.has_app_context": always})
