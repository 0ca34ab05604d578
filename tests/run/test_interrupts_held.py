"""Interrupts are held while something is begun that has to be ended again, and are done as they ask once it can be."""

from __future__ import annotations

import os
import signal

import pytest

from gaapbridge.terms.interrupts import held


@pytest.fixture(autouse=True)
def _handlers() -> object:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


def test_one_is_held_until_what_is_done_is_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), held():
        os.kill(os.getpid(), signal.SIGINT)
        done.append("begun")
    assert done == ["begun"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_is_not_held() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), held():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        done.append("begun")
    assert done == []


def test_a_handler_that_is_set_meanwhile_stays() -> None:
    with held():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_an_end_from_outside_is_held_too() -> None:
    def end(*_: object) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, end)
    with pytest.raises(SystemExit), held():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), 0)
    assert signal.getsignal(signal.SIGTERM) is end
