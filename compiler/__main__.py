"""`python -m compiler` is the command `compile`."""

import sys

from compiler.cli import main

if __name__ == "__main__":
    sys.exit(main())
