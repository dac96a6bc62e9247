"""Guards on meaning: what is readable and probably wrong."""
