"""Rows become the values that screens are drawn from. Nothing here writes, and nothing decides."""
