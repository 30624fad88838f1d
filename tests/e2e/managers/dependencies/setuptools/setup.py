from setuptools import setup

setup(
    name="sample",
    version="1.0.0",
    python_requires="==3.11.*",
    py_modules=[],
    install_requires=["django>=5.2,<6", "fastapi>=0.115", "flask>=3.1", "gunicorn>=23", "uvicorn>=0.34"],
)
