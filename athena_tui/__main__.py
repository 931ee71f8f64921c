"""`python -m athena_tui` is the `athena-tui` command."""

from __future__ import annotations

import sys

from athena_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
