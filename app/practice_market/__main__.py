"""`python -m app.practice_market`."""

import sys

from app.practice_market.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
