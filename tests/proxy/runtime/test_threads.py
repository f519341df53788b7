"""The threads that run Flask."""

import contextvars
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from proxy.runtime.threads import Threads

PATIENCE = 30


def test_what_takes_long_holds_up_nobody_while_there_are_threads():
    threads, go_on, ran = Threads(2), threading.Event(), threading.Event()
    threads.run(contextvars.copy_context(), lambda: go_on.wait(PATIENCE) and None)
    threads.run(contextvars.copy_context(), ran.set)
    assert ran.wait(PATIENCE)
    go_on.set()


def test_there_are_no_more_than_were_asked_for():
    threads, found, over = Threads(2), set[int](), threading.Semaphore(0)

    def work() -> None:
        found.add(threading.get_ident())
        over.release()

    for _ in range(6):
        threads.run(contextvars.copy_context(), work)
    assert all(over.acquire(timeout=PATIENCE) for _ in range(6))
    assert len(found) <= len(threads._threads) == 2


def test_what_raises_ends_no_thread(caplog: Any):
    threads, ran = Threads(1), threading.Event()
    threads.run(contextvars.copy_context(), lambda: 1 / 0 and None)
    threads.run(contextvars.copy_context(), ran.set)
    assert ran.wait(PATIENCE)
    assert "a thread that runs Flask has failed" in caplog.text


def test_they_end_with_their_owner(wait_until: Callable[..., None]):
    threads = Threads(1)
    threads.run(contextvars.copy_context(), lambda: None)
    (thread,) = threads._threads
    del threads
    wait_until(lambda: not thread.is_alive())


def test_the_interpreter_waits_for_what_runs():
    code = (
        "import contextvars, threading, time\n"
        "from proxy.runtime.threads import Threads\n"
        "threads, begun = Threads(1), threading.Event()\n"
        "def work():\n"
        "    begun.set()\n"
        "    time.sleep(0.2)\n"
        "    print('over')\n"
        "threads.run(contextvars.copy_context(), work)\n"
        "begun.wait()\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "over\n"
