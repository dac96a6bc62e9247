"""From the scores of the children to the score of their parent."""
