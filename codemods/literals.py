"""Constants as source text: which text is one, and one spelling for all that is generated."""

import ast


def as_literal(value: object) -> str:
    """A constant, or a list or dictionary of them, as Python code; strings in double quotes unless these stand in them.

    >>> as_literal({"name": ["it's", 1, None]})
    '{"name": ["it\\'s", 1, None]}'
    """
    match value:
        case list():
            return f"[{', '.join(map(as_literal, value))}]"
        case dict():
            return f"{{{', '.join(f'{as_literal(name)}: {as_literal(one)}' for name, one in value.items())}}}"
        case _:
            text = repr(value)
            is_single = isinstance(value, str) and text.startswith("'") and '"' not in text
            return f'"{text[1:-1]}"' if is_single else text


def is_literal(node: ast.expr) -> bool:
    """Whether an expression is a constant or a display of constants."""
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
