"""Writes down an interpreter's version and which distributions it has, as JSON; run by that interpreter.

python versions.py NAME... --out FILE.json
"""

import json
import platform
import sys


def installed(names):
    """Distribution → version, or None where it is not installed."""
    try:
        from importlib.metadata import PackageNotFoundError, version
    except ImportError:  # Python before 3.8
        import pkg_resources

        def version(name):
            return pkg_resources.get_distribution(name).version

        PackageNotFoundError = pkg_resources.DistributionNotFound
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def main():
    """Write the document."""
    names, out = sys.argv[1:-2], sys.argv[-1]
    facts = {
        "version": platform.python_version(),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "distributions": installed(names),
    }
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(facts, stream)


if __name__ == "__main__":
    main()
