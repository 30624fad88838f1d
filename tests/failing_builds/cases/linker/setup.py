from setuptools import Extension, setup

setup(name='shop', version='1', ext_modules=[Extension('shop', ['shop.c'], libraries=['lz4'])])
