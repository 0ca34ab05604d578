"""The page of the documentation about commands, from the commands themselves: usage, arguments, options, and what all share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from gaapbridge.cli import app

INTRODUCTION = """# Commands

Rendered from the commands by `python -m tests.pages`. `gaapbridge COMMAND -h` prints the same, `gaapbridge --version` the
version. `gaapbridge --install-completion` lets your shell complete commands and options with the tab key;
`--show-completion` prints what that would install.

"""

SHARED = """
## What all of them share

**Exit codes.** 0 clean; 1 findings above the plan's threshold, or disagreements; 2 unusable input; 3 a fault of
gaapbridge itself, which says nothing of the input; 130 interrupted; 143 ended from outside;
141 where whoever reads what a command prints has gone.

**A fault of ours.** It is one line on standard error, with the place to report, and in JSON a refusal as any other.
`GAAPBRIDGE_DEBUG=1` in the environment prints the calls that led there before it.

**Width.** On a terminal every line fits: texts are wrapped at words, and a table that is too wide is cut into blocks of
columns, each with the names of its rows again. No number is broken. In a pipe lines are as long as they are,
unless `--width` says otherwise. `COLUMNS` in the environment goes before what a terminal says of itself. A path or an id that
is longer than the terminal stays whole, to be copied.

**Progress.** One line on a terminal: the stage, its rows, the time it will still take, the time so far. Nothing in a pipe.

**What is taken up again.** A close keeps every finished range of contracts, some 16,000 of them, in `gaapbridge/parts` of
the user's cache (`XDG_CACHE_HOME`, else `~/.cache`; `GAAPBRIDGE_CACHE` puts it elsewhere), outside the runs. A later close
takes a range up where all is the same that its measurement takes: code, libraries, the tapes to the last byte and how they
are read, curves, and the answers that it asks. Another tax rate, account, layout or ledger is none of these and measures
nothing again; a close that was interrupted, or ended by whatever, goes on where it stopped; a changed tape, curve, weight
or threshold measures the kinds of contracts that take it. Runs are the same to the last byte but the manifest, and a
terminal is told how many contracts were taken up. What is damaged is measured again, and said. The folder holds amounts and
some rows of borrowers: it is its user's alone, and where others could write to it, or the disk is full, a close does
without. It has at most `GAAPBRIDGE_PARTS_MB` megabytes, 2,000 where that says nothing; what was used longest ago goes
first. `GAAPBRIDGE_PARTS_MB=0`, or what is no whole number, keeps and takes nothing; the folder may be removed at any time.

**`--quiet`.** Nothing is printed but errors, and the name of the folder that was written, alone on its line:
`run=$(gaapbridge close plan.toml --quiet)`. With `--format json` the JSON is printed as ever.

**`--format json`.** Standard output holds one JSON document: the outcome, or why there is none:

```
{"error": {"file": ..., "key": ..., "row": ..., "column": ..., "value": ..., "rule": ..., "remedy": ...},
 "errors": [...], "exit_code": 2}
```

What does not apply is null. Where several things are refused at once `errors` has all of them, and `error` is the first. The
exit code is the same, and standard error says the same in words, a line each.

**`--set KEY=VALUE`.** A key of the plan has another value in this close or check. KEY has its tables before it; VALUE is
written as in a plan file, where a text that is no other value of TOML needs no quotes of its own:

```
gaapbridge close plan.toml --set elections.expected_credit_loss.default_timing=middle --set vat.rate=0.05
gaapbridge close plan.toml --set tapes.loans.closing=tapes/corrected.parquet --set entity.name="Other Lender"
```

A path starts from the plan's folder, as in the plan. Plan and inputs are held to the same rules; an unknown key is refused
with the nearest known. The plan file is not touched: the run's `plan.toml` is the plan in force, with a note of what the
file has, and closes to the same figures from the same folder. The run's manifest (`set`), what `close` and `check` print,
and `compare` name what was set.
"""


def commands_page() -> str:
    """The text of ``docs/reference/commands.md``."""
    commands = list(_commands(get_command(app), "gaapbridge"))
    table = "".join(f"| [`{name}`](#{name.replace(' ', '-')}) | {_sentence(command)} |\n" for name, command in commands)
    return f"{INTRODUCTION}| command | does |\n|---|---|\n{table}{SHARED}{''.join(_section(*one) for one in commands)}"


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command by its words after ``gaapbridge``."""
    for name, command in group.commands.items():
        words = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _commands(command, words)
        else:
            yield words.removeprefix("gaapbridge "), command


def _sentence(command: Any) -> str:
    return " ".join(command.help.split())


def _section(name: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    usage = " ".join(["gaapbridge", name, "[OPTIONS]", *(_word(one) for one in arguments)])
    rows = [f"| `{_word(one)}` | {one.help} |" for one in arguments]
    rows += [f"| `{', '.join(sorted(one.opts, key=len))}` | {one.help}{_default(one)} |" for one in options]
    return "\n".join(
        [f"\n## {name}\n", _sentence(command), f"\n`{usage}`\n", "| argument or option | is |", "|---|---|", *rows, ""]
    )


def _word(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _default(option: Any) -> str:
    """What an option is where it is not stated; nothing where that is nothing."""
    default = option.default
    return "" if default in (None, False) or callable(default) else f"; {default} unless stated"
