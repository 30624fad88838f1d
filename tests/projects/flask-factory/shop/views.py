from flask import Blueprint

bp = Blueprint("views", __name__, url_prefix="/ignored")


@bp.route("/health")
def health():
    return "ok"
