"""The one function that the book calls."""

from typing import Any


def set_matplotlib_formats(*formats: str, **options: Any) -> None:
    """Choose nothing."""
