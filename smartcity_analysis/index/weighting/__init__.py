"""How much each part counts: given, from data, from judgements, or at its best."""
