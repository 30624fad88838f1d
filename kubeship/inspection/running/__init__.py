"""Which processes run, and where do they listen?"""
