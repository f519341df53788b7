"""What a migration needs in the application's environment: a table for `init`, and what to do about what is missing."""

from dataclasses import dataclass

from migrator.interpreter import NEEDED, WANTED, Interpreter


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the table: what, what was found, whether it will do, and what to do where it will not."""

    name: str
    found: str
    fits: bool
    note: str


def requirements(interpreter: Interpreter) -> list[Requirement]:
    """The table for an interpreter."""
    note = f"found by {interpreter.origin}"
    if not interpreter.runs_gateway:
        note = "below 3.11: plan and apply work; the gateway needs a process of its own, nothing is bridged"
    lines = [Requirement("Python", f"{interpreter.version} ({interpreter.path})", interpreter.runs_gateway, note)]
    needed = {*NEEDED, *interpreter.imported, "flask", "werkzeug"}
    for name, purpose in (dict.fromkeys(interpreter.imported, "helpers of the new side") | WANTED).items():
        version = interpreter.distributions.get(name)
        wanted = name in needed
        note = purpose if version or not wanted else f"{purpose}: install it"
        lines.append(Requirement(name, version or "not installed", bool(version) or not wanted, note))
    return lines


def advice(interpreter: Interpreter) -> str | None:
    """One line on what to install, None where nothing is missing."""
    if not interpreter.missing:
        return None
    if not interpreter.runs_gateway:
        return f"the new side needs Python 3.11 and {', '.join(interpreter.missing)}, in an environment of its own"
    return f"to run the new side, install what is missing: {interpreter.install_command}"
