"""Train the writer of ``solutions/writer.py`` and record it.

    python book/data/make_writer.py

writes ``writer.npz`` beside this file. It takes some minutes. The tests train the first steps again
and compare: when they say that the record is not that of the present code, run this.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from tqdm import tqdm

from solutions import writer


def main() -> None:
    """Train, with a bar for each training, and write the record in one go."""
    began = time.monotonic()
    record = writer.run(tqdm)
    new = writer.SHIPPED.with_suffix(".new.npz")
    np.savez_compressed(new, allow_pickle=False, **record)
    new.replace(writer.SHIPPED)
    size = writer.SHIPPED.stat().st_size / 1000
    print(f"{time.monotonic() - began:.0f} s: {writer.SHIPPED.name}, {size:.0f} kB")


if __name__ == "__main__":
    main()
