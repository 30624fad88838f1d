from core import Server

server = Server()
app = server.api
