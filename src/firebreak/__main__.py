"""`python -m firebreak` is the command `firebreak`."""

import sys

from firebreak.cli import main

sys.exit(main())
