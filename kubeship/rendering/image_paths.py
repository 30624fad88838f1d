"""Where does a path of the project lie in the image?"""

import posixpath
import re


def inside(path: str) -> str:
    """Below /app, where the project is copied to."""
    return posixpath.normpath(posixpath.join("/app", path))


def model_folder(path: str) -> str:
    """Below /models, which keeps a model's place in the project; for a file the folder that it lies in."""
    is_file = bool(re.search(r"\.\w+$", posixpath.basename(path)))
    return posixpath.join("/models", posixpath.dirname(path) if is_file else path)
