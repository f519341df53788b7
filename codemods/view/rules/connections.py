"""A connection that only the thread that made it may use, which the parts of a FastAPI request do not share.

sqlite3.connect(path)    →    sqlite3.connect(path, check_same_thread=False)

They run one after another, so that no two threads use it at once.
"""

import libcst as cst

from codemods.view.rule import TIGHT, Rule, Translation, code

OPTION = "check_same_thread"
POSITIONAL = 4
"""Arguments before that one."""


def connect(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`sqlite3.connect(...)`."""
    translation.need("sqlite3", "")
    given = {one.keyword.value: code(one.value) for one in call.args if one.keyword is not None}
    call = call.with_changes(func=cst.parse_expression("sqlite3.connect"))
    if given.get(OPTION) == "False":
        return call
    if OPTION in given or any(one.star for one in call.args) or len(call.args) - len(given) > POSITIONAL:
        translation.needs_application(written.func, "only its own thread may use the connection")
        return call
    extra = cst.Arg(cst.Name("False"), keyword=cst.Name(OPTION), equal=TIGHT)
    return call.with_changes(args=[*call.args, extra])


RULE = Rule(calls={"sqlite3.connect": connect}, is_native=True)
