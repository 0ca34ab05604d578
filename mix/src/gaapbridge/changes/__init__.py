"""What changed from one close to another of the same period: cells of the statements, keys of the plan, inputs, code."""
