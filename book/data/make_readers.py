"""Train the readers of ``solutions/readers.py`` and record what they read right.

    python book/data/make_readers.py

writes ``readers.json`` beside this file. It takes some minutes. The tests train a part again and
compare: when they say that the record is not that of the present code, run this.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tqdm import tqdm

from solutions import readers


def main() -> None:
    """Train, with a bar for all runs, and write the record in one go."""
    began = time.monotonic()
    runs = len(readers.READERS) * len(readers.SEEDS) * 2
    with tqdm(total=runs * readers.STEPS, unit="step") as bar:

        def count(dealt, **_):
            for batch in dealt:
                yield batch
                bar.update()

        record = readers.run(count)
    rows = ",\n  ".join(json.dumps(found, ensure_ascii=False) for found in record.pop("runs"))
    head = json.dumps(record, ensure_ascii=False)[:-1]
    new = readers.SHIPPED.with_suffix(".new")
    new.write_text(f'{head},\n "runs": [\n  {rows}\n]}}\n', encoding="utf-8")
    new.replace(readers.SHIPPED)
    print(f"{runs} runs in {time.monotonic() - began:.0f} s: {readers.SHIPPED.name}")


if __name__ == "__main__":
    main()
