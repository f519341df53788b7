"""What the application says of itself: its log, its name and where it lies.

current_app.logger.warning("slow")    →    logger.warning("slow")
"""

import libcst as cst

from codemods.view.rule import Rule, Translation

from .files import shown_root

APPLICATION = "flask.current_app"
MODULE = ".logs"


def logger(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_app.logger`, which is the log of the application's name."""
    if not translation.names.project.application.import_name:
        translation.needs_application(node)
        return node
    return cst.Name(translation.need(MODULE, "logger"))


def name(translation: Translation, node: cst.BaseExpression) -> cst.BaseExpression:
    """`current_app.name` and `current_app.import_name`, which are the same but for a script that is run."""
    found = translation.names.project.application.import_name
    if not found or found == "__main__":
        translation.needs_application(node)
        return node
    return cst.SimpleString(f'"{found}"')


RULE = Rule(
    attributes={
        f"{APPLICATION}.logger": logger,
        f"{APPLICATION}.name": name,
        f"{APPLICATION}.import_name": name,
        f"{APPLICATION}.root_path": shown_root,
    },
    is_native=True,
)
