import yaml
from setuptools import setup

setup(name='shop', version='1', description=yaml.dump('shop'))
