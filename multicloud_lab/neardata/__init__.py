"""Computing where the bytes are: what is read, the plan that places tasks, and its run."""
