"""The version of this package, which a run's manifest states."""

VERSION = "0.1.0"
