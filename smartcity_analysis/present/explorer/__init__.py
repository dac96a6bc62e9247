"""Another choice tried: as a page without a server, and in a notebook."""
