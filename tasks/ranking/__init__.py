"""From the cards of all stages to rankings, reports and the fairness report."""
