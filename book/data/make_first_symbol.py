"""Train networks to name the first symbol of a sequence, and record how often they do.

    python book/data/make_first_symbol.py

writes ``first_symbol.json`` beside this file, in about three minutes. The tests train a part again
and compare: when they say that the record is not that of the present code, run this.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from record import make

from solutions import first_symbol

if __name__ == "__main__":
    make(first_symbol)
