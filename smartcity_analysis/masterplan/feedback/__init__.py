"""What agencies answer to a review: form out, remarks back, declared corrections and their log."""
