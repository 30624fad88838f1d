from distutils.core import setup

setup(name='shop', version='1')
