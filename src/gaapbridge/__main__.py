"""The command: it loads the command line, so that an interrupt meanwhile ends it as one does later."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from gaapbridge.cli import main as run
    except KeyboardInterrupt:
        from gaapbridge.terms.errors import INTERRUPTED, INTERRUPTED_CODE

        sys.stderr.write(f"gaapbridge: {INTERRUPTED}\n")
        raise SystemExit(INTERRUPTED_CODE) from None
    run()


if __name__ == "__main__":
    main()
