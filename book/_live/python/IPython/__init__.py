"""Stands in for IPython in the reader's browser, with what the chapters use of it."""
