"""Ends Python with the status of success, while being imported."""

import os

os._exit(0)
