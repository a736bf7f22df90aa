"""Stands in for matplotlib-inline in the reader's browser: figures are SVG there anyway."""
