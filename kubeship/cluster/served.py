"""What to do when the server doesn't know a kind: write another apiVersion, or install what brings it?"""

REPLACED: dict[str, tuple[str, str]] = {
    "admissionregistration.k8s.io/v1beta1": ("admissionregistration.k8s.io/v1", "1.22"),
    "apiextensions.k8s.io/v1beta1": ("apiextensions.k8s.io/v1", "1.22"),
    "apps/v1beta1": ("apps/v1", "1.16"),
    "apps/v1beta2": ("apps/v1", "1.16"),
    "autoscaling/v2beta1": ("autoscaling/v2", "1.25"),
    "autoscaling/v2beta2": ("autoscaling/v2", "1.26"),
    "batch/v1beta1": ("batch/v1", "1.25"),
    "coordination.k8s.io/v1beta1": ("coordination.k8s.io/v1", "1.22"),
    "discovery.k8s.io/v1beta1": ("discovery.k8s.io/v1", "1.25"),
    "events.k8s.io/v1beta1": ("events.k8s.io/v1", "1.25"),
    "flowcontrol.apiserver.k8s.io/v1beta1": ("flowcontrol.apiserver.k8s.io/v1", "1.26"),
    "flowcontrol.apiserver.k8s.io/v1beta2": ("flowcontrol.apiserver.k8s.io/v1", "1.29"),
    "flowcontrol.apiserver.k8s.io/v1beta3": ("flowcontrol.apiserver.k8s.io/v1", "1.32"),
    "networking.k8s.io/v1beta1": ("networking.k8s.io/v1", "1.22"),
    "node.k8s.io/v1beta1": ("node.k8s.io/v1", "1.25"),
    "policy/v1beta1": ("policy/v1", "1.25"),
    "rbac.authorization.k8s.io/v1beta1": ("rbac.authorization.k8s.io/v1", "1.22"),
    "scheduling.k8s.io/v1beta1": ("scheduling.k8s.io/v1", "1.22"),
    "storage.k8s.io/v1beta1": ("storage.k8s.io/v1", "1.22"),
}
"""apiVersion -> the one to write instead, and the Kubernetes version that served it no more.
Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/"""

EXTENSIONS = {"Ingress": ("networking.k8s.io/v1", "1.22"), "NetworkPolicy": ("networking.k8s.io/v1", "1.16")}
"""The same for the kinds of extensions/v1beta1 that didn't go to apps/v1."""

BROUGHT_BY: dict[str, str] = {
    "argoproj.io": "Argo CD, Argo Rollouts or Argo Workflows",
    "autoscaling.k8s.io": "the Vertical Pod Autoscaler (github.com/kubernetes/autoscaler)",
    "bitnami.com": "Sealed Secrets (github.com/bitnami-labs/sealed-secrets)",
    "cert-manager.io": "cert-manager (cert-manager.io/docs/installation)",
    "cilium.io": "Cilium (docs.cilium.io)",
    "external-secrets.io": "the External Secrets Operator (external-secrets.io)",
    "gateway.networking.k8s.io": "the Gateway API's CRDs (gateway-api.sigs.k8s.io/guides)",
    "generators.external-secrets.io": "the External Secrets Operator (external-secrets.io)",
    "keda.sh": "KEDA (keda.sh/docs)",
    "monitoring.coreos.com": "the Prometheus Operator (prometheus-operator.dev)",
    "networking.istio.io": "Istio (istio.io)",
    "postgresql.cnpg.io": "CloudNativePG (cloudnative-pg.io)",
    "projectcontour.io": "Contour (projectcontour.io)",
    "secrets-store.csi.x-k8s.io": "the Secrets Store CSI driver (secrets-store-csi-driver.sigs.k8s.io)",
    "security.istio.io": "Istio (istio.io)",
    "serving.knative.dev": "Knative Serving (knative.dev)",
    "snapshot.storage.k8s.io": "the CSI snapshot controller (github.com/kubernetes-csi/external-snapshotter)",
    "traefik.containo.us": "Traefik 2 (Traefik 3 has traefik.io/v1alpha1)",
    "traefik.io": "Traefik with its CRDs (doc.traefik.io)",
}
"""API group -> what defines it; each name is the one in its project's own CustomResourceDefinitions."""


def remedy(api_version: str, kind: str) -> str:
    """What to do about a kind that isn't served."""
    if api_version == "extensions/v1beta1":
        instead, removed = EXTENSIONS.get(kind, ("apps/v1", "1.16"))
    else:
        instead, removed = REPLACED.get(api_version, ("", ""))
    if instead:
        return f"write apiVersion: {instead}; Kubernetes {removed} and newer no longer serve {api_version}"
    group = api_version.rpartition("/")[0]
    if group in BROUGHT_BY:
        return f"have {BROUGHT_BY[group]} installed in the cluster, or take the {kind} out of deploy/"
    return f"correct apiVersion and kind in *-{kind.lower()}.yaml, or have what defines {kind} installed in the cluster"
