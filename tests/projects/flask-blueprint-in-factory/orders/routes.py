from flask import Blueprint

bp = Blueprint("main", __name__)


@bp.get("/healthz")
def healthz():
    return "ok"
