"""Runs the cells of the book in the reader's browser."""
