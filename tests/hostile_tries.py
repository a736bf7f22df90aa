"""One function per threat: it returns True when the program got away with it.

``test_hostile`` runs them behind every wall, which must stop what it says, and says no more.
"""

import mmap
import os
import socket
import time
from pathlib import Path


def memory():
    anonymous = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    return len(mmap.mmap(-1, 5 << 30, flags=anonymous, prot=mmap.PROT_READ)) == 5 << 30


def leftovers():
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
    os.waitpid(child, 0)  # now the other one is alone, in a session of its own
    return True  # the test looks whether it is still there


def signals(grader):
    os.kill(grader, 0)
    return True


def damage(mine):
    return bool(Path(mine).write_text("damaged"))


def secrets(private):
    return Path(private).read_text() == "secret"


def reading(public):
    return Path(public).read_text() == "public"


def writing(shared):
    return bool((Path(shared) / "written").write_text("by a program"))


def sight(grader):
    return Path(f"/proc/{grader}").exists()


def network(port):
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
