"""Which admission webhook do the tests register? A small https server in a pod, with a certificate of their own."""

import base64
import subprocess
from pathlib import Path

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.rollouts import container, deployment, image, named, pod_spec
from tests.stack.addresses import Stack

SERVER = """
import base64, http.server, json, ssl
SIDECAR = {"op": "add", "path": "/spec/containers/-", "value": {
    "name": "sidecar", "image": "IMAGE", "command": ["python", "-c", "import time; time.sleep(600)"]}}
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        answer = {"uid": asked["uid"], "allowed": not self.path.startswith("/deny")}
        if not answer["allowed"]:
            answer["status"] = {"code": 403, "message": "every pod needs the label team"}
        if self.path.startswith("/mutate"):
            patch = base64.b64encode(json.dumps([SIDECAR]).encode()).decode()
            answer |= {"patchType": "JSONPatch", "patch": patch}
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}).encode()
        self.send_response(200); self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *a): pass
server = http.server.ThreadingHTTPServer(("0.0.0.0", 8443), H)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/certificate/tls.crt", "/certificate/tls.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""
NAME = "webhook"


def serve(stack: Stack, kubectl: Kubectl, folder: Path) -> str:
    """Start the server as a Deployment with a Service, in kubectl's namespace; returns the caBundle."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    names = f"subjectAltName=DNS:{NAME}.{kubectl.namespace}.svc"
    pair = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subject = ["-subj", f"/CN={NAME}", "-addext", names]
    subprocess.run(["openssl", "req", "-x509", *pair, *subject, *files], check=True, capture_output=True)
    texts = {"tls.crt": certificate.read_text(), "tls.key": key.read_text()}
    kubectl.apply(named("v1", "Secret", NAME, type="kubernetes.io/tls", stringData=texts))
    probe = {"httpGet": {"path": "/", "port": 8443, "scheme": "HTTPS"}, "periodSeconds": 1}
    web = container(
        stack,
        SERVER.replace("IMAGE", image(stack)),
        readinessProbe=probe,
        volumeMounts=[{"name": "certificate", "mountPath": "/certificate"}],
    )
    labels = {"app": NAME}
    whole = deployment(web)
    spec = pod_spec(web, volumes=[{"name": "certificate", "secret": {"secretName": NAME}}])
    kubectl.apply(
        {
            **whole,
            "metadata": {"name": NAME},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        }
    )
    ports = [{"port": 443, "targetPort": 8443}]
    kubectl.apply(named("v1", "Service", NAME, spec={"selector": labels, "ports": ports}))
    kubectl("rollout", "status", f"deployment/{NAME}", "--timeout=90s")
    return base64.b64encode(certificate.read_bytes()).decode()


def configuration(kind: str, name: str, path: str, served: tuple[str, str], selector: Object) -> Object:
    """A Validating- or MutatingWebhookConfiguration for pods; `served`: the server's namespace and caBundle."""
    namespace, bundle = served
    service = {"namespace": namespace, "name": NAME, "path": path}
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    hook = {
        "name": f"{path.strip('/')}.example.com",
        "clientConfig": {"service": service, "caBundle": bundle},
        "rules": rules,
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 2,
        "namespaceSelector": selector,
    }
    return named("admissionregistration.k8s.io/v1", f"{kind}WebhookConfiguration", name, webhooks=[hook])
