"""Train the temporal order task for every learning rate and threshold, and record what was solved.

    python book/data/make_temporal_order.py

writes ``temporal_order.json`` beside this file, in about two minutes. The tests train a part again
and compare: when they say that the record is not that of the present code, run this.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from record import make

from solutions import temporal_order

if __name__ == "__main__":
    make(temporal_order)
