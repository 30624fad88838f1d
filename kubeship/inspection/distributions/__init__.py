"""Which distributions does the project install, with which manager, for which Python?"""
