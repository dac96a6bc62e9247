"""Missing values filled: asked, filled, held against what is known."""
