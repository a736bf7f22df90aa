"""The student's side of the wall: call one function of one file and say what happened.

``sandbox`` starts this file as a program of its own. It reads requests from standard input and
writes replies to standard output; it knows no check, no right answer and no points. It needs
the standard library and NumPy only, for nothing else of the grader is in reach over here.

A message is a length (8 bytes), then an npz archive without pickles: arrays under their number,
and one JSON text that says how they make up the values (``to_bytes``, ``from_bytes``).
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import selectors
import signal
import struct
import sys
import time
import traceback
import types
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

ONE_CALL = "--one-call"  # as an argument: answer in this very process, good for one call
AS_NOBODY = "--as-nobody"  # as an argument: run the student's program as a user that owns nothing
NOBODY = 65534  # that user, and its group
MEMORY = 4 << 30  # bytes of address space that a student's program may have
REPLY = 64 << 20  # bytes of a reply, packed or unpacked
MEMBERS = 1000  # arrays in a reply
PRINTED = 64 << 10  # bytes of the program's own output that are kept
TEXT = 2000  # characters of an error message that are kept
STAGES = ("returned", "import", "find", "call", "timeout", "died")


@dataclass(frozen=True)
class Fault:
    """An exception of the student's program, and the file and line of theirs that it came from."""

    type: str
    message: str
    file: str = ""
    line: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Observation:
    """What one call did.

    ``stage`` is one of STAGES: ``returned``, or where it ended: ``import`` (running the file),
    ``find`` (looking up the function), ``call``, ``timeout``, ``died`` (no reply).
    """

    stage: str
    value: Any = None
    again: Any = None  # the second call's value, same inputs
    modified: tuple[str, ...] = ()  # names of inputs that the call changed
    fault: Fault | None = None
    printed: str = ""


@dataclass(frozen=True, eq=False)
class Waves:
    """A smooth function of an array of N numbers, as an input of a call: M waves on each other."""

    frequencies: np.ndarray  # (M, N)
    amplitudes: np.ndarray  # (M,)

    def __call__(self, w: np.ndarray) -> float:
        """Measure the height at ``w``, an array of any shape."""
        return float(self.amplitudes @ np.sin(self.frequencies @ np.ravel(w)))


@dataclass(frozen=True)
class Seed:
    """Stands for a random generator, as an input of a call: every call gets a fresh one."""

    number: int


# ------------------------------------------------------------------------------ messages


@dataclass(frozen=True)
class Other:
    """Stands for a value whose type does not travel."""

    name: str


def to_bytes(message: Any) -> bytes:
    """Pack nested lists, tuples, dicts, numbers, texts, arrays, waves; other types by name only."""
    arrays: dict[str, np.ndarray] = {}

    def shape(value: Any) -> Any:
        if isinstance(value, Other):
            return {"other": value.name}
        if isinstance(value, (np.ndarray, np.generic)):
            array = np.asarray(value)
            if array.dtype.kind not in "biufc":
                return {"other": f"array of dtype {array.dtype}"}
            arrays[str(len(arrays))] = array
            return {"array": str(len(arrays) - 1)}
        if type(value) is Waves:
            return {"waves": [shape(value.frequencies), shape(value.amplitudes)]}
        if type(value) is Seed:
            return {"seed": value.number}
        if isinstance(value, Mapping):
            return {"dict": [[str(k), shape(v)] for k, v in value.items()]}
        if isinstance(value, (list, tuple)):
            return {"list" if isinstance(value, list) else "tuple": [shape(v) for v in value]}
        if value is None or isinstance(value, (bool, int, float, str)):
            return {"plain": value}
        return {"other": type(value).__name__}

    layout = json.dumps(shape(message)).encode()
    packed = io.BytesIO()
    np.savez(packed, layout=np.frombuffer(layout, np.uint8), **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def from_bytes(packed: bytes) -> Any:
    """Unpack a message; raises ValueError when it is not one, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            sizes = [member.file_size for member in archive.infolist()]
        if len(sizes) > MEMBERS or sum(sizes) > REPLY:
            raise ValueError("too large")
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            layout = json.loads(arrays["layout"].tobytes())
            return _build(layout, arrays)
    except Exception as error:
        raise ValueError(f"not a message: {error}") from None


def _build(layout: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    ((kind, content),) = layout.items()
    if kind == "array":
        return arrays[content]
    if kind == "dict":
        return {key: _build(value, arrays) for key, value in content}
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(_build(value, arrays) for value in content)
    if kind == "seed":
        return Seed(content)
    if kind == "waves":
        return Waves(*(_build(value, arrays) for value in content))
    return content if kind == "plain" else Other(str(content))


def read_message(stream: IO[bytes]) -> bytes | None:
    """Read one message; None at the end of the stream, or where no message begins."""
    head = stream.read(8)
    length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
    return stream.read(length) if 0 < length <= REPLY else None


def frame(packed: bytes) -> bytes:
    """Put the length in front."""
    return struct.pack("<Q", len(packed)) + packed


# ------------------------------------------------------------------------------ one call


def load(path: str) -> types.ModuleType:
    """Run a Python file as a fresh module."""
    module = types.ModuleType(Path(path).stem)
    module.__file__ = path
    exec(compile(Path(path).read_text("utf-8"), path, "exec"), module.__dict__)
    return module


def observe(function: Callable[..., Any], inputs: Mapping[str, Any], path: str) -> Observation:
    """Call a function twice on copies of the inputs and note all that it did.

    What it returns as an iterator is run through, as far as MEMBERS.
    """
    inputs = {name: _own_integers(value) for name, value in inputs.items()}
    first, second = _copy(inputs), _copy(inputs)
    try:
        value = _copy(function(*first.values()))
        again = _copy(function(*second.values()))
    except BaseException as error:
        return Observation("call", fault=describe(error, path))
    modified = tuple(name for name in inputs if not _same(first[name], inputs[name]))
    return Observation("returned", value, again, modified)


def describe(error: BaseException, path: str) -> Fault:
    """Find the last line of the student's files that took part in an error."""
    kind, folder = type(error).__name__, Path(path).parent
    if isinstance(error, SyntaxError) and Path(error.filename or "").parent == folder:
        file = Path(error.filename or "").name
        return Fault(kind, error.msg, file, error.lineno, (error.text or "").strip())
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if Path(frame.filename).parent == folder]
    if not theirs:
        return Fault(kind, str(error)[:TEXT])
    last = theirs[-1]
    return Fault(kind, str(error)[:TEXT], Path(last.filename).name, last.lineno, last.line or "")


def _own_integers(value: Any) -> Any:
    """Give an array the integers that Python here makes: in a browser an index has 32 bits."""
    whole = isinstance(value, np.ndarray) and value.dtype == np.int64
    return value.astype(np.intp, copy=False) if whole else value


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array(value)
    if isinstance(value, Seed):
        return np.random.default_rng(value.number)
    if isinstance(value, Iterator):
        return [_copy(item) for item in itertools.islice(value, MEMBERS)]
    if isinstance(value, Mapping):
        return {k: _copy(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(_copy(v) for v in value)
    return value


def _same(a: Any, b: Any) -> bool:
    if isinstance(b, Seed):
        return True
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc"))


def answer(request: Mapping[str, Any]) -> Observation:
    """Run the file, find the function, call it; without a function name, only run the file."""
    path, name = request["path"], request.get("function")
    if Path(path).is_dir():
        return look_around(path)
    sys.path.append(str(Path(path).parent))  # last, so that no file there can pose as a library
    try:
        module = load(path)
    except BaseException as error:
        return Observation("import", fault=describe(error, path))
    if not name:
        return Observation("returned")
    function = getattr(module, name, None)
    if not callable(function):
        return Observation("find")
    return observe(function, request["inputs"], path)


def answer_here(question: bytes) -> bytes:
    """Answer in this very process, however often, where there is no other: in a reader's browser.

    The program runs anew for every question, with all that it imports from its folder. Its doings
    that are likely by accident are undone; what else it changes here, it has changed for itself.

    Parameters
    ----------
    question : bytes
        A packed request, as for ``answer``.

    Returns
    -------
    reply : bytes
        A packed observation.
    """
    request, printed, reply = from_bytes(question), Printed(), b""
    with contextlib.suppress(BaseException), _undone(Path(request["path"]).parent, printed):
        reply = pack(answer(request))
    text = _text(printed.kept)
    with contextlib.suppress(ValueError):
        return pack(replace(unpack(reply), printed=text))
    return pack(Observation("died", printed=text))


class Printed(io.RawIOBase):
    """Keeps the beginning of what is written to it."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        """Take anything."""
        return True

    def write(self, data: Any) -> int:
        """Keep as much as is kept of a program's output."""
        self.kept += bytes(data[: PRINTED - len(self.kept)])
        return len(data)


@contextlib.contextmanager
def _undone(folder: Path, printed: Printed) -> Iterator[None]:
    """Let a program print and import, and leave Python as it was."""
    stream = io.TextIOWrapper(printed, "utf-8", errors="replace", write_through=True)  # type: ignore[type-var]
    stdin, path = sys.stdin, list(sys.path)
    said = contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream)
    try:
        sys.stdin = io.StringIO()
        with said[0], said[1], warnings.catch_warnings(), np.errstate():
            yield
    finally:
        sys.stdin, sys.path[:] = stdin, path
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and os.path.dirname(file) == str(folder):  # noqa: PTH120
                del sys.modules[name]


def look_around(folder: str) -> Observation:
    """Make sure that nobody can read what a program needs: the homework, NumPy, Python."""
    needed = [Path(folder), *Path(folder).glob("*.py"), Path(np.__file__), Path(os.__file__)]
    if AS_NOBODY in sys.argv and not all(os.access(path, os.R_OK) for path in needed):
        return Observation("find")
    return Observation("returned")


# ------------------------------------------------------------------------------ requests


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer requests, each in a forked child."""
    adopt_orphans()
    while (packed := read_message(requests)) is not None:
        reply = in_child(from_bytes(packed), requests, replies)
        end_children()
        replies.write(frame(reply))
        replies.flush()


def serve_once(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer in this very process, where forking is not to be relied on: good for one call."""
    requests, replies = (
        os.fdopen(os.dup(stream.fileno()), stream.mode) for stream in (requests, replies)
    )
    _silence(os.open(os.devnull, os.O_WRONLY))
    if AS_NOBODY in sys.argv:
        become_nobody()
    while (packed := read_message(requests)) is not None:
        replies.write(frame(pack(answer(from_bytes(packed)))))
        replies.flush()


def adopt_orphans() -> None:
    """Become the parent of every process that a student's program leaves behind."""
    PR_SET_CHILD_SUBREAPER = 36
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def stay_small() -> None:
    """End with the process that started this one, and never gain a right by starting a program."""
    PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def _prctl(option: int, value: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def become_nobody() -> None:
    """Give up being root, for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def end_children() -> None:
    """End all processes that a call left behind; their own children come to us and end next."""
    for _ in range(1000):
        try:
            os.waitpid(-1, os.WNOHANG)  # asks for less than all of /proc, and mostly is enough
        except ChildProcessError:
            return
        for process in children():
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)


def children() -> list[int]:
    """List the processes whose parent is this one; none where there is no ``/proc``."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            process, _, rest = stat.read_text("utf-8", "replace").partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(process))
    return found


def in_child(request: Mapping[str, Any], *streams: IO[bytes]) -> bytes:
    """Answer in a child process that cannot outlast its deadline; returns a packed reply."""
    (reply, reply_in), (output, output_in) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            for descriptor in (reply, output, *(stream.fileno() for stream in streams)):
                os.close(descriptor)
            _silence(output_in)
            _limit(request["deadline"])
            if AS_NOBODY in sys.argv:
                become_nobody()
            stay_small()
            seen = pack(answer(request))
            with contextlib.suppress(Exception):
                sys.stdout.flush()
            with os.fdopen(reply_in, "wb") as way_back:
                way_back.write(frame(seen))
        finally:
            os._exit(0)
    os.close(reply_in)
    os.close(output_in)
    packed, printed, timeout = _collect(reply, output, time.monotonic() + request["deadline"])
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reply)
    os.close(output)
    if packed is not None:
        with contextlib.suppress(ValueError):
            return pack(replace(unpack(packed), printed=printed))
    return pack(Observation("timeout" if timeout else "died", printed=printed))


def pack(seen: Observation) -> bytes:
    """Pack an observation for the way back."""
    return to_bytes({**vars(seen), "fault": seen.fault and vars(seen.fault)})


def unpack(packed: bytes) -> Observation:
    """Read a reply, trusting nothing; raises ValueError when it is none."""
    try:
        fields = from_bytes(packed)
        fault = Fault(**fields.pop("fault")) if fields.get("fault") else fields.pop("fault", None)
        if fault:
            line = fault.line if isinstance(fault.line, int) else None
            texts = (_plain(fault.type), _plain(fault.message), _plain(fault.file))
            fault = Fault(*texts, line, _plain(fault.source))
        modified = tuple(map(_plain, fields.pop("modified")))
        printed = _plain(fields.pop("printed"), PRINTED)
        seen = Observation(**fields, modified=modified, fault=fault, printed=printed)
        if seen.stage not in STAGES:
            raise ValueError("no such stage")
    except Exception as error:
        raise ValueError(f"not an observation: {error}") from None
    return seen


def _plain(text: str, most: int = TEXT) -> str:
    """Cut a foreign text to size, and keep what could steer a terminal out of it."""
    return "".join(c for c in text[:most] if c.isprintable() or c in "\n\t")


def _silence(output: int) -> None:
    """Send what the program prints to a descriptor of our choice, and let it read nothing."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stdout


def _limit(seconds: float) -> None:
    """Bound processor time, memory and files of this process."""
    import resource

    for kind, bound in (
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, REPLY),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a lower limit may be in force already
            resource.setrlimit(kind, (bound, bound))


def _collect(reply: int, output: int, deadline: float) -> tuple[bytes | None, str, bool]:
    """Read the reply and what is printed meanwhile: (reply or None, printed, out of time?)."""
    received = {reply: bytearray(), output: bytearray()}
    with selectors.DefaultSelector() as ready:
        for pipe in received:
            ready.register(pipe, selectors.EVENT_READ)
        while reply in {key.fd for key in ready.get_map().values()}:
            left = deadline - time.monotonic()
            if left <= 0:
                return None, _text(received[output]), True
            for key, _ in ready.select(left):
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    ready.unregister(key.fd)
                elif key.fd == reply or len(received[output]) < PRINTED:
                    received[key.fd] += chunk
            message = received[reply]
            if len(message) >= 8:
                (length,) = struct.unpack_from("<Q", message)
                if length > REPLY:
                    return None, _text(received[output]), False
                if len(message) >= 8 + length:
                    return bytes(message[8 : 8 + length]), _text(received[output]), False
    return None, _text(received[output]), False


def _text(printed: bytearray) -> str:
    return bytes(printed[:PRINTED]).decode("utf-8", "replace")


if __name__ == "__main__":
    answer_requests = serve_once if ONE_CALL in sys.argv else serve
    answer_requests(sys.stdin.buffer, sys.stdout.buffer)
