"""Illustrative values: made from a seed, kept apart, merged where a study has none of its own."""
