"""From values in their own units to scores: the methods, and bounds as data."""
