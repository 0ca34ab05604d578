"""The process that draws, as ``gaapbridge.drawing`` starts it: it is asked in lines of standard input and answers in lines of
standard output, both JSON in ASCII. It ends with its input."""

from __future__ import annotations

import json
import os
import signal
import sys
from base64 import b64encode
from typing import Any

WARM_UP = {"data": {"values": [{"word": "begun"}]}, "mark": "text", "encoding": {"text": {"field": "word"}}}
"""A picture that nobody asked for: the engine and its fonts are loaded by the time that somebody does."""


def main() -> None:
    """Answer until nobody asks. An interruption is for who asks, and what the engine prints is no answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _drawn({"specification": WARM_UP})
    for line in sys.stdin:
        try:
            answer = {"drawn": _drawn(json.loads(line))}
        except ValueError as refused:
            answer = {"refused": str(refused)}
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def _drawn(asked: dict[str, Any]) -> str:
    """The picture asked for: SVG as its text, PNG in base 64."""
    import vl_convert

    if "svg" in asked:
        return b64encode(vl_convert.svg_to_png(asked["svg"], scale=asked["scale"])).decode("ascii")
    drawn: str = vl_convert.vegalite_to_svg(asked["specification"])
    return drawn
