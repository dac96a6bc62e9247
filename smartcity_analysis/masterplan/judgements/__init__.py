"""The findings of a review, by what they judge."""
