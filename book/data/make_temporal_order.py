"""Train the temporal order task for every learning rate and threshold, and record what was solved.

    python book/data/make_temporal_order.py

writes ``temporal_order.json`` beside this file, in about two minutes. The tests train a part again
and compare: when they say that the record is not that of the present code, run this.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tqdm import tqdm

from solutions import temporal_order


def main() -> None:
    """Train, with a bar, and write the record in one go."""
    record = temporal_order.train_all(tqdm)
    new = temporal_order.SHIPPED.with_suffix(".new")
    new.write_text(json.dumps(record) + "\n", encoding="utf-8")
    new.replace(temporal_order.SHIPPED)
    print(f"wrote {temporal_order.SHIPPED.name}")


if __name__ == "__main__":
    main()
