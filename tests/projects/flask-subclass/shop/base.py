from flask import Flask as Base


class Shop(Base):
    pass
