from setuptools import setup

setup(
    name="x",
    python_requires=">=3.11,<3.13",
    install_requires=["flask>=3", "requests"] + ["mysqlclient"],
    extras_require={"dev": ["pytest"]},
)
