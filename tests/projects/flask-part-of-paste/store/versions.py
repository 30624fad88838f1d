from flask import Flask


def factory(global_config, **local_conf):
    return Flask("versions")
