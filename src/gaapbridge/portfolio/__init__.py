"""The portfolio: tapes held against their contracts, read, checked and streamed; rejects; curves and their estimation."""
