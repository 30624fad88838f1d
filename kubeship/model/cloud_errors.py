"""What does a cloud, the cluster's own API or another HTTP server refuse?"""

from kubeship.model.meaning import words

CLOUD = (
    words(
        r"(?i)unable to locate credentials|partial credentials found|default credentials were not found|"
        r"could not find default credentials|DefaultAzureCredential failed|CredentialUnavailableError|"
        r"NoCredentialProviders|no EC2 IMDS role found|could not load credentials",
        "finds no credentials for its cloud",
        "give its ServiceAccount a role of the cloud's (IRSA, workload identity), or put the keys into a Secret and "
        "name them under `secrets:` (AWS_ACCESS_KEY_ID, AZURE_CLIENT_ID, GOOGLE_APPLICATION_CREDENTIALS)",
    ),
    words(
        r"You must specify a region|[Mm]issing [Rr]egion|no AWS region",
        "isn't told the region of its cloud",
        "set AWS_REGION and AWS_DEFAULT_REGION under `variables:`",
    ),
    words(
        r"RequestTimeTooSkewed|[Tt]oken is not yet valid|Token used too early|ImmatureSignatureError|clock skew",
        "and a server don't agree what time it is",
        "have the node's clock corrected (NTP), or allow some seconds of leeway",
    ),
    words(
        r"InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|UnrecognizedClient|\bAuthFailure\b|"
        r"security token included in the request is|ExpiredToken|\binvalid_grant\b|\binvalid_client\b",
        "is refused by its cloud: wrong or expired credentials",
        "renew them in the Secret or in the role that its ServiceAccount has",
    ),
    words(
        r"not authorized to perform: (?P<what>[\w:*]+)|does not have (?P<other>[\w.]+) access|"
        r"\(AccessDenied(?:Exception)?\) when calling the (?P<more>\w+) operation|"
        r"[Pp]ermission '(?P<last>[\w.]+)' denied",
        "isn't allowed to do {what} in its cloud",
        "grant that right to the role or account whose credentials it uses",
    ),
    words(
        r"NoSuchBucket|The specified bucket does not exist|NoSuchContainer|ContainerNotFound",
        "asks for a bucket that doesn't exist",
        "create it, or correct its name and region in the variables",
    ),
    words(
        r"system:serviceaccount:[\w:.-]+\\?\" cannot (?P<what>\w+ resource \\?\"[\w./-]+)",
        "isn't allowed to {what}\" of the cluster",
        "grant its ServiceAccount that right: `permissions:` in kubeship.yaml, or a Role and a RoleBinding",
    ),
    words(
        r"No such file or directory: '/var/run/secrets/kubernetes\.io|"
        r"Service token file does not exist|Service host/port is not set|unable to load in-cluster configuration",
        "looks for the token of its ServiceAccount, which isn't mounted in its pod",
        "give it `permissions:` in kubeship.yaml, which mounts a token, or set automountServiceAccountToken",
    ),
    words(
        r"\b(?P<what>40[13]) Client Error: |Client error '(?P<other>40[13]) |HTTP Error (?P<more>40[13]): |"
        r"(?P<vault>permission denied), on (?:get|list|post|put) http",
        "is refused by a server that it asks (HTTP {what})",
        "correct the token or password that it sends, in the variable or Secret that it comes from",
    ),
    words(
        r"\b(?P<what>5\d\d) Server Error: |Server error '(?P<other>5\d\d) |HTTP Error (?P<more>5\d\d|429): |"
        r"\b(?P<limit>429) Client Error: |Client error '(?P<last>429) |Vault is (?P<sealed>sealed)",
        "asks a server that can't answer now ({what})",
        "look at that server, or let the program try again instead of ending",
        heals=True,
    ),
    words(
        r"\b(?P<what>4\d\d) Client Error: |Client error '(?P<other>4\d\d) |HTTP Error (?P<more>4\d\d): ",
        "is answered {what} by a server that it asks",
        "correct the address that it asks, in the variable that it comes from",
    ),
)
"""The first that matches counts. Sources: botocore, google-auth, azure-identity, kubernetes, requests, httpx, urllib;
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html."""
