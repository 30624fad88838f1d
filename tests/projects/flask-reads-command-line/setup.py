from setuptools import setup

setup(
    name="talk",
    version="1",
    packages=["talk"],
    install_requires=["flask==3.1.0"],
    entry_points={"console_scripts": ["talk-server = talk.serving:main"]},
)
