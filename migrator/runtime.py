"""The gateway's runtime modules, as they are copied into a target: whole, with one line that says which they are."""

from pathlib import Path

import migrator
import proxy
from migrator.files import digest_of


def runtime_modules() -> dict[str, str]:
    """`gateway/<name>.py` → text, of every module of `proxy.runtime`. The package's own `__init__` is generated."""
    folder = Path(proxy.__file__).with_name("runtime")
    return {
        f"gateway/{file.name}": stamped(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.py"))
        if file.name != "__init__.py"
    }


def stamped(text: str) -> str:
    """The text under a line with our version and the text's digest."""
    digest = digest_of(text.encode())
    return f"# Copied by migrate {migrator.__version__}, which upgrades it: not to be edited. {digest}\n{text}"
