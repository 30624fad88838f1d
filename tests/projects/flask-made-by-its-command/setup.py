from setuptools import find_packages, setup

setup(
    name="shopweb",
    packages=find_packages(),
    install_requires=["flask"],
    entry_points={"console_scripts": ["shopweb = shopweb.run:main"]},
)
