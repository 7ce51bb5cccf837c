"""Runs the command line: ``python -m automate_store.entrypoints.cli``."""

import sys

from automate_store.entrypoints.cli import main

sys.exit(main())
