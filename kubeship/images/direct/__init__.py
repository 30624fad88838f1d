"""How does an image come to be without an engine? Layers are written here, and put on top of a base's."""
