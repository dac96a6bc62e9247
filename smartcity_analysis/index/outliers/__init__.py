"""Outliers: found, treated by a plan, and told."""
