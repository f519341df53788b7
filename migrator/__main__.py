"""The console script `migrate`, also `python -m migrator`: the start-up guard, then the command line."""

import gc
import sys

from migrator.guard import foreign_packages


def main() -> int:
    """Run the command that `sys.argv` names; the exit code."""
    problems = foreign_packages()
    if problems:
        advice = "give it an environment of its own: uv tool install flask-to-fastapi, or pipx install flask-to-fastapi"
        print(f"error: {'; '.join(problems)}; {advice}", file=sys.stderr)
        return 2
    from migrator.cli.entry import run  # only now: its imports are what the guard protects

    code = run()
    gc.freeze()  # what is left goes with the process: to look through it for cycles took a tenth of a second or more
    return code


if __name__ == "__main__":
    sys.exit(main())
