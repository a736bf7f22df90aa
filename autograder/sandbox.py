"""Ask a student's program, in a process apart that gets inputs and never sees an answer.

One helper process per submission loads NumPy once and forks a child for every call (see
``inside``). Where fork does not exist (Windows) the helper answers one call and is started anew.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder import inside
from autograder.inside import Observation

DEADLINE = 5.0  # seconds for one question: two calls of the function
START = 60.0  # seconds for the helper to load NumPy on a busy machine


def layers() -> list[str]:
    """Name what stands between a student's program and the verdict on this machine."""
    forked = ["resource limits"] if hasattr(os, "fork") else []
    return ["separate process", "inputs only", "deadline", *forked]


class Sandbox:
    """Run functions of a student's files. Use it as a context manager.

    Parameters
    ----------
    deadline : float
        Seconds for one question.
    """

    def __init__(self, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._helper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def run(self, path: Path) -> Observation:
        """Run a file and call nothing: ``returned`` when it can be used."""
        return self.call(path, "", {})

    def call(self, path: Path, function: str, inputs: Mapping[str, Any]) -> Observation:
        """Call a function of a file with the given inputs.

        Parameters
        ----------
        path : Path
            The student's file.
        function : str
            Name of the function in it.
        inputs : mapping
            Argument names and values, in the order of the signature.

        Returns
        -------
        seen : Observation
            What it returned, or how it failed. Never raises for what the program does.
        """
        request = {
            "path": str(path.resolve()),
            "function": function,
            "inputs": dict(inputs),
            "deadline": self.deadline,
        }
        packed = self._ask(inside.frame(inside.to_bytes(request)))
        if not isinstance(packed, bytes):
            self._stop()
            return Observation("timeout" if packed == "timeout" else "died")
        try:
            return inside.unpack(packed)
        except (ValueError, TypeError):
            return Observation("died")

    def _ask(self, message: bytes) -> bytes | str:
        """Send a message and wait for the reply: its bytes, or ``timeout`` or ``died``."""
        helper = self._start()
        assert helper.stdin
        assert helper.stdout
        replies: queue.Queue[bytes | None] = queue.Queue()
        stream = helper.stdout

        def listen() -> None:
            replies.put(inside.read_message(stream))

        threading.Thread(target=listen, daemon=True).start()
        try:
            helper.stdin.write(message)
            helper.stdin.flush()
            return replies.get(timeout=self.deadline + START) or "died"
        except queue.Empty:
            return "timeout"
        except OSError:
            return "died"

    def _start(self) -> subprocess.Popen[bytes]:
        if self._helper is None or self._helper.poll() is not None:
            self._stop()
            one_thread = {f"{blas}_NUM_THREADS": "1" for blas in ("OPENBLAS", "OMP", "MKL")}
            self._helper = subprocess.Popen(
                [sys.executable, "-I", "-B", inside.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **one_thread},
                start_new_session=True,
            )
        return self._helper

    def _stop(self) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._helper.wait()
            for stream in (self._helper.stdin, self._helper.stdout):
                assert stream
                with contextlib.suppress(OSError):
                    stream.close()
            self._helper = None
