from setuptools import setup

setup(name='shop', version='1', use_2to3=True)
