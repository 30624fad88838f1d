"""How do servers misbehave in tests?"""
