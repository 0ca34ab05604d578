"""Extracts: what a lender's databases answer to the queries of a plan, asked once and kept as files."""
