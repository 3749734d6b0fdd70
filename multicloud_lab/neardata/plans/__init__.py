"""The plan of a computation: made, priced, held to a budget, and shown."""
