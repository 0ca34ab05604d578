"""The command as it is called: streams, interrupts, refusals and exit codes around the commands."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from gaapbridge.cli.commands import app
from gaapbridge.cli.faults import end_with_fault
from gaapbridge.cli.options import asks_for_json
from gaapbridge.cli.refusals import of_file_system, of_memory, of_misuse, refuse
from gaapbridge.cli.streams import open_streams, say
from gaapbridge.terms.errors import ENDED, ENDED_CODE, INTERRUPTED, INTERRUPTED_CODE, UnusableInput
from gaapbridge.terms.garbage import look_seldom


def main() -> None:
    """Run the command line; unusable input becomes clear lines on standard error and exit code 2, a fault of ours one and 3.

    What the streams cannot encode is printed as its escapes: a name that a terminal does not know fails no close.
    """
    look_seldom()
    open_streams()
    signal.signal(signal.SIGTERM, _end)
    for_programs = asks_for_json(sys.argv[1:])
    try:
        raise SystemExit(app(prog_name="gaapbridge", standalone_mode=not for_programs))
    except (KeyboardInterrupt, SystemExit) as ended:
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED_CODE:
            if ended.code == ENDED_CODE:
                say(ENDED)
            raise
        say(INTERRUPTED)
        raise SystemExit(INTERRUPTED_CODE) from None
    except typer.TyperException as misused:
        refuse(of_misuse(misused), for_programs=for_programs)
    except UnusableInput as unusable:
        refuse(unusable, for_programs=for_programs)
    except OSError as refused:
        refuse(of_file_system(refused), for_programs=for_programs)
    except MemoryError as refused:
        refuse(of_memory(refused), for_programs=for_programs)
    except BaseException as fault:  # noqa: BLE001 - a panic of Polars too: it is none of the codes that say something of the input
        if isinstance(fault, UnicodeEncodeError) and fault.reason == "surrogates not allowed":
            rule, remedy = "names of files and folders are in UTF-8", "rename it"
            refuse(UnusableInput(value=str(fault.object), rule=rule, remedy=remedy), for_programs=for_programs)
        end_with_fault(fault, for_programs=for_programs)


def _end(*_: int | FrameType | None) -> NoReturn:
    """End as after an interrupt, so that all that was begun is put away: workers, a Java, rows of tapes beside."""
    raise SystemExit(ENDED_CODE)
