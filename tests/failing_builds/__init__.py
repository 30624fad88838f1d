"""Builds that really fail, one folder each in cases/: their logs are what explanations are tested on."""
