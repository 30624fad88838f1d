import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Refuses(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[1]))
        self.send_header("WWW-Authenticate", 'Basic realm="packages"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


HTTPServer(("127.0.0.1", 8000), Refuses).serve_forever()
