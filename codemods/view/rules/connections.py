"""A connection that only the thread that made it may use, which the parts of a FastAPI request do not share.

sqlite3.connect(path)    →    sqlite3.connect(path, check_same_thread=False)

They run one after another, so that no two threads use it at once.
"""

import libcst as cst

from codemods.view.rule import TIGHT, Rule, Translation

OPTION = "check_same_thread"


def connect(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`sqlite3.connect(...)`."""
    translation.need("sqlite3", "")
    given = {one.keyword.value for one in call.args if one.keyword is not None}
    if OPTION in given or any(one.star for one in call.args) or len(call.args) - len(given) > 4:
        translation.needs_application(written.func)
        return call
    extra = cst.Arg(cst.Name("False"), keyword=cst.Name(OPTION), equal=TIGHT)
    return call.with_changes(func=cst.parse_expression("sqlite3.connect"), args=[*call.args, extra])


RULE = Rule(calls={"sqlite3.connect": connect}, is_native=True)
