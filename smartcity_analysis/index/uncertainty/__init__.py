"""Draws of an index: what is uncertain, how it is drawn, and what the draws come to."""
