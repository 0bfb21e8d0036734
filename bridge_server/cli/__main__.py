"""`python -m bridge_server.cli …` is `dawbridge …`, also where the program itself is not in the search path."""

import sys

from bridge_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
