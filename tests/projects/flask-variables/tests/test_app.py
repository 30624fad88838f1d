import os

X = os.environ['ONLY_IN_TESTS']
