from talkbot.plugins import hooks_app


@hooks_app.route("/hook")
def hook():
    return "ok"
