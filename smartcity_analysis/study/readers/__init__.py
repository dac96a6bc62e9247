"""From the bytes of a file to a checked table: grid, cells, table."""
