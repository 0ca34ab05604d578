"""The command: it loads the command line and ends it, so that an interrupt meanwhile ends it as one in between does."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line. Once it has ended its exit code stands, whoever interrupts what is still put away."""
    try:
        try:
            from gaapbridge.cli import main as run
            from gaapbridge.terms.errors import INTERRUPTED_CODE

            run()
        except SystemExit as ended:
            if ended.code != INTERRUPTED_CODE:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            raise
    except KeyboardInterrupt:
        from gaapbridge.terms.errors import INTERRUPTED, INTERRUPTED_CODE

        sys.stderr.write(f"gaapbridge: {INTERRUPTED}\n")
        raise SystemExit(INTERRUPTED_CODE) from None


if __name__ == "__main__":
    main()
