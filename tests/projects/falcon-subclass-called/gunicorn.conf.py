bind = "0.0.0.0:8060"
wsgi_app = "sandbox:Sandbox()"
