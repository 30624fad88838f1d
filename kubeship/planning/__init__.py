"""From kubeship.yaml for one environment to a Plan: every number decided, every decision with its reason."""
