"""Prints the manual's table of settings: ``python -m automate_store.entrypoints.settings``."""

import sys

from automate_store.entrypoints.settings import markdown_table

sys.stdout.write(markdown_table() + "\n")
