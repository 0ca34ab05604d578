"""A lender whose contracts behave by known chances, its history as the estimators read it, and what is true of it."""
