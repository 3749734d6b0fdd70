"""Collections computed in several places at once, and what that moved."""
