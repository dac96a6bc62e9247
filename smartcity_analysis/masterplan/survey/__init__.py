"""The survey of the agencies: form out, answers back, scores and their quality."""
