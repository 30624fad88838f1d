"""How does a deploy show itself on the CI service that runs it?"""
