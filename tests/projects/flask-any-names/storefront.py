import flask as f

shop: f.Flask = f.Flask('shop')
