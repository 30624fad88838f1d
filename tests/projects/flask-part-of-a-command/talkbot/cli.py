from talkbot.loading import load_plugins


def main():
    load_plugins()
