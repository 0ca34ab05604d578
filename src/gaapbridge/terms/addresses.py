"""Addresses of numbers: ``loan/ID``, ``guarantee/ID``, ``award/ID`` for contracts, ``bs-2023/loans_nc/ecl`` for cells."""

from __future__ import annotations

CONTRACT_OF = {"loans": "loan", "guarantees": "guarantee", "awards": "award"}
"""What a contract of each kind is called in an address."""

KIND_OF = {contract: kind for kind, contract in CONTRACT_OF.items()}
"""The kind of contract that an address's first word names."""
