"""kubeship.yaml and kubeship.lock: what they may hold, reading them, and merging them with what inspection found."""
