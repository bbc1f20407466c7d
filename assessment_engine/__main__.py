"""`python -m assessment_engine` is the console script."""

import sys

from assessment_engine.cli import main

if __name__ == "__main__":
    sys.exit(main())
