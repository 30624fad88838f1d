from setuptools import setup

setup(
    name="stock",
    version="1",
    packages=["stock"],
    install_requires=["flask==3.1.0"],
    entry_points={"console_scripts": ["stock = stock.cli:main"]},
)
