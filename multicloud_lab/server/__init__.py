"""Door 1: the Jupyter Server extension, thin routes over the lab."""
