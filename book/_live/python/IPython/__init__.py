"""Stands in for IPython in the reader's browser, with what the chapters use of it."""


def get_ipython() -> None:
    """Say that no shell is running: Matplotlib asks."""
