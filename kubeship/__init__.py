"""kubeship takes a Python project from source to a healthy rollout on Kubernetes."""

__version__ = "0.1.0"
