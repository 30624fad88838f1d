FLASK_APP=two:site
