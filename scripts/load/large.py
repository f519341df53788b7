"""Bodies larger than the memory that the gateway may use."""

from pathlib import Path

from scripts.load.clients import download, upload
from scripts.load.fronts import Front
from scripts.load.killing import children, pid_of

GIGABYTE = 1 << 30
MEGABYTES_ALLOWED = 100


def large(front: Front) -> list[str]:
    """What went wrong with 1 GB up and 1 GB down, and whether the processes in front took more than 100 MB."""
    front.settle("fastapi", "fastapi")
    sent = upload(front.port, "/legacy/upload", GIGABYTE)
    got = download(front.port, f"/legacy/large/{GIGABYTE}")
    process = pid_of(front.kept["proxy" if "proxy" in front.kept else "gateway"])
    peak = max(map(peak_megabytes, [process, *children(process)]))
    print(f"       1 GB up and down: {peak:.0f} MB")
    problems = [] if sent == (200, b'{"size":%d}\n' % GIGABYTE) else [f"upload: {sent}"]
    problems += [] if got == GIGABYTE else [f"download: {got} bytes"]
    return [*problems, *([] if peak < MEGABYTES_ALLOWED else [f"{peak:.0f} MB of memory"])]


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has had in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000
