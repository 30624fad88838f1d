from setuptools import setup

setup(
    name="acme-shop",
    namespace_packages=["acme"],
    packages=["acme.shop"],
    install_requires=open("requirements.txt").read().splitlines(),
)
