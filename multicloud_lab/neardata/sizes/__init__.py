"""How large the results of tasks are, as far as that can be told before they run."""
