"""From outcomes to results: the scorecard over one seal, the levels by cut scores, the batch that two officers publish."""
