"""The command: it loads the command line and ends it, so that an interrupt meanwhile ends it as one in between does."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading


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
                _end(ended.code)
            _forget_interrupt()
            raise
    except KeyboardInterrupt:
        from gaapbridge.terms.errors import INTERRUPTED, INTERRUPTED_CODE

        sys.stderr.write(f"gaapbridge: {INTERRUPTED}\n")
        _forget_interrupt()
        raise SystemExit(INTERRUPTED_CODE) from None


def _forget_interrupt() -> None:
    """Let the exit code stand. Where what was interrupted is text that Python runs, as it does to make a dataclass, Python
    remembers it and ends the process by the signal, whoever caught it since; the next text that it runs begins anew."""
    exec("")


def _end(code: object) -> None:
    """End the process once everything is put away, but do not take apart what goes with it: of a close that was a fifth.

    Where something of it is still at work or looks on (a thread, a profiler), or a stream cannot be written, the interpreter
    ends it in its own way, and says so.
    """
    if not isinstance(code, int | None) or threading.active_count() > 1 or sys.getprofile() or sys.gettrace():
        return
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        return
    os._exit(code or 0)


if __name__ == "__main__":
    main()
