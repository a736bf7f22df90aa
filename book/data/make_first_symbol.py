"""Train networks to name the first symbol of a sequence, and record how often they do.

    python book/data/make_first_symbol.py

writes ``first_symbol.json`` beside this file, in about three minutes. The tests train a part again
and compare: when they say that the record is not that of the present code, run this.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tqdm import tqdm

from solutions import first_symbol


def main() -> None:
    """Train, with a bar, and write the record in one go."""
    record = first_symbol.train_all(tqdm)
    new = first_symbol.SHIPPED.with_suffix(".new")
    new.write_text(json.dumps(record) + "\n", encoding="utf-8")
    new.replace(first_symbol.SHIPPED)
    print(f"wrote {first_symbol.SHIPPED.name}")


if __name__ == "__main__":
    main()
