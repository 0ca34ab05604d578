"""The estimation of curves from the monthly history of a lender's own contracts."""
