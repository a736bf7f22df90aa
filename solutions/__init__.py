"""The reference programs of the course: pure functions on NumPy arrays, one module per topic."""
