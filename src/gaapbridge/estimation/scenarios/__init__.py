"""Scenarios of estimated curves: odds of worsening by hand or by a regression on macro series, laid over the hazards."""
