"""What the scripts share that record a task of many trainings: train it all, and write the file."""

import json
from types import ModuleType

from tqdm import tqdm


def make(task: ModuleType) -> None:
    """Run ``task.train_all`` with a bar, and write its record to ``task.SHIPPED`` in one go."""
    record = task.train_all(tqdm)
    new = task.SHIPPED.with_suffix(".new")
    new.write_text(json.dumps(record) + "\n", encoding="utf-8")
    new.replace(task.SHIPPED)
    print(f"wrote {task.SHIPPED.name}")
