"""Events and results for people and for programs."""
