"""``python -m benchmarks``: how fast the store is; see also benchmarks.promises and .sabotage."""

import sys

from benchmarks.speed.__main__ import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
