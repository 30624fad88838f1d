"""Do refusals and silences become sentences that say what to do?"""

import pytest

from kubeship.cluster.errors import refused, unanswered
from kubeship.errors import ExitCode


def test_expired_token_says_to_log_in_again() -> None:
    refusal = refused(401, {"message": "Unauthorized", "reason": "Unauthorized"}, "reading Secret/shop")

    assert refusal.message.startswith("reading Secret/shop: the API server doesn't accept the credentials (401)")
    assert "log in again" in refusal.hint
    assert refusal.exit_code is ExitCode.PRECONDITION


def test_missing_permission_names_verb_resource_namespace_and_the_rule() -> None:
    words = (
        'deployments.apps "web" is forbidden: User "ci" cannot patch resource "deployments" '
        'in API group "apps" in the namespace "shop"'
    )

    refusal = refused(403, {"message": words}, "applying Deployment/web")

    assert refusal.message == "applying Deployment/web: ci may not patch deployments.apps in namespace shop"
    assert '{apiGroups: ["apps"], resources: [deployments], verbs: [patch]}' in refusal.hint


def test_cluster_wide_permission_asks_for_a_cluster_role() -> None:
    words = (
        'namespaces is forbidden: User "ci" cannot create resource "namespaces" in API group "" at the cluster scope'
    )

    refusal = refused(403, {"message": words}, "creating Namespace/shop")

    assert "ci may not create namespaces in the whole cluster" in refusal.message
    assert "a ClusterRole with the rule" in refusal.hint


@pytest.mark.parametrize(
    "words",
    [
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "a"',
        'forbidden: User "system:anonymous" cannot get path "/apis"',
    ],
)
def test_forbidden_to_nobody_means_that_credentials_are_missing(words: str) -> None:
    refusal = refused(403, {"message": words}, "listing Pod objects")

    assert "went out without credentials" in refusal.message
    assert "log in again" in refusal.hint


def test_quota_keeps_the_words_of_the_admission_plugin() -> None:
    words = 'pods "web" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=0, limited: cpu=500m'

    refusal = refused(403, {"message": words}, "applying Pod/web")

    assert "exceeded quota: small, requested: cpu=1" in refusal.message


def test_missing_namespace_is_told_apart_from_a_missing_object() -> None:
    refusal = refused(404, {"message": 'namespaces "shop" not found'}, "applying Service/web")

    assert refusal.message == "applying Service/web: the namespace shop doesn't exist"
    assert refusal.hint == "run `kubectl create namespace shop`"


def test_namespace_that_is_being_deleted_is_waited_for() -> None:
    words = 'jobs.batch "a" is forbidden: unable to create new content in namespace shop because it is being terminated'

    refusal = refused(403, {"message": words, "reason": "Forbidden"}, "applying Job/a")

    assert refusal.message == "applying Job/a: namespace shop is being deleted, with everything in it"
    assert "kubectl create namespace shop" in refusal.hint


def test_conflict_names_manager_and_field() -> None:
    cause = {
        "reason": "FieldManagerConflict",
        "message": 'conflict with "helm" using apps/v1',
        "field": ".spec.replicas",
    }

    refusal = refused(409, {"message": "x", "details": {"causes": [cause]}}, "applying Deployment/web")

    assert refusal.conflicts == ((".spec.replicas", "helm"),)
    assert 'spec.replicas: conflict with "helm"' in refusal.message


@pytest.mark.parametrize(
    "words",
    [
        'Invalid value: ["None"]: may not change once set',
        "Forbidden: updates to provisioner are forbidden.",
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals' are forbidden",
        "Forbidden: pod updates may not change fields other than `spec.containers[*].image`",
        'Invalid value: "b": field is immutable',
    ],
)
def test_words_of_the_api_for_what_can_not_be_changed(words: str) -> None:
    cause = {"reason": "FieldValueInvalid", "message": words, "field": "spec"}

    assert refused(422, {"message": "x", "details": {"causes": [cause]}}, "comparing Service/web").immutable


def test_what_holds_data_is_not_to_be_replaced() -> None:
    cause = {"reason": "FieldValueForbidden", "message": "spec is immutable after creation", "field": "spec"}
    body = {"message": "invalid", "details": {"name": "media", "causes": [cause]}}

    refusal = refused(422, body, "applying PersistentVolumeClaim/media")

    assert "give it another name" in refusal.hint
    assert "--replace" not in refusal.hint


def test_immutable_field_says_what_deleting_would_cost() -> None:
    cause = {"reason": "FieldValueInvalid", "message": "Invalid value: field is immutable", "field": "spec.selector"}

    refusal = refused(422, {"message": "x", "details": {"causes": [cause]}}, "comparing Deployment/web")

    assert refusal.message == "comparing Deployment/web: spec.selector can't be changed on an object that exists"
    assert "stops what it runs" in refusal.hint


def test_unknown_field_comes_as_500_and_is_not_tried_again() -> None:
    words = "failed to create typed patch object (/web; Kind=Deployment): .spec.replicsa: field not declared in schema"

    refusal = refused(500, {"message": words}, "comparing Deployment/web")

    assert refusal.message == "comparing Deployment/web: the API has no field spec.replicsa"
    assert not refusal.may_heal


@pytest.mark.parametrize(("status", "heals"), [(400, False), (409, False), (429, True), (500, True), (503, True)])
def test_only_trouble_of_the_server_may_heal(status: int, heals: bool) -> None:
    refusal = refused(status, {"message": "words"}, "reading")

    assert refusal.may_heal is heals


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("[Errno 111] Connection refused", "nothing listens there"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] unable to get local issuer certificate",
            "isn't one that the kubeconfig trusts",
        ),
        (
            "certificate verify failed: Hostname mismatch, certificate is not valid for 'api.example.com'.",
            "its certificate is for another name",
        ),
        ("certificate verify failed: certificate has expired", "has expired, by this machine's clock"),
        ("certificate verify failed: certificate is not yet valid", "isn't valid yet, by this machine's clock"),
        ("[X509: KEY_VALUES_MISMATCH] key values mismatch", "certificate and its key don't belong together"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required", "doesn't take the client's"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "doesn't speak TLS"),
        ("Failed to resolve 'nowhere.example' ([Errno -2] Name or service not known)", "can't be resolved"),
        ("Connection to 192.0.2.9 timed out. (connect timeout=5.0)", "didn't answer in time"),
    ],
)
def test_silence_is_explained(words: str, meaning: str) -> None:
    refusal = unanswered("https://192.0.2.9:6443", OSError(words), "connecting")

    assert "can't reach https://192.0.2.9:6443" in refusal.message
    assert meaning in refusal.message


def test_wrong_certificate_does_not_heal_and_a_broken_connection_does() -> None:
    certificate = unanswered("https://a", OSError("CERTIFICATE_VERIFY_FAILED"), "reading")
    broken = unanswered("https://a", OSError("Connection aborted."), "reading")

    assert not certificate.may_heal
    assert broken.may_heal


def test_value_of_the_wrong_type_comes_as_500_and_is_the_manifests_mistake() -> None:
    words = "failed to create typed patch object (/zz; /v1, Kind=ConfigMap): .data.a: expected string, got &{1}"

    refusal = refused(500, {"message": words}, "comparing ConfigMap/zz")

    assert refusal.hint == "correct the field in the manifest and try again"
    assert not refusal.may_heal


def test_a_webhook_that_denies_is_about_the_object() -> None:
    words = 'admission webhook "guard.example.com" denied the request: no latest tags'

    refusal = refused(403, {"message": words, "reason": "Forbidden"}, "comparing Deployment/web")

    assert refusal.denied
    assert (
        refusal.message
        == "comparing Deployment/web: the admission webhook guard.example.com refuses it: no latest tags"
    )


def test_a_webhook_that_does_not_answer_is_named() -> None:
    words = 'Internal error occurred: failed calling webhook "guard.example.com": Post "https://x": connection refused'

    refusal = refused(500, {"message": words, "reason": "InternalError"}, "comparing Deployment/web")

    assert refusal.may_heal
    assert "the admission webhook guard.example.com, which the API server has to ask, doesn't answer" in refusal.message


def test_missing_rights_are_not_about_the_object() -> None:
    words = 'deployments is forbidden: User "poor" cannot patch resource "deployments" in API group "apps"'

    assert not refused(403, {"message": words, "reason": "Forbidden"}, "comparing Deployment/web").denied
