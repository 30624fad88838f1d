from setuptools import setup

setup(name='shop', version='1', long_description=open('README.rst').read())
