"""What does an exception mean that tells of a database, a broker or another server?"""

import re

from kubeship.model.meaning import words

ADDRESS = "check the address in the variables or the Secret, that the service runs, and that it listens on that port"

SERVER_ERRORS = (
    words(
        r"ProxyError|[Uu]nable to connect to proxy|Tunnel connection failed|407 Proxy Auth",
        "doesn't get through the proxy that it is told to use",
        "correct HTTP_PROXY and HTTPS_PROXY, and name what lies within the cluster in NO_PROXY (.svc, .cluster.local)",
        heals=True,
    ),
    words(
        r"the database system is (?:starting up|shutting down|in recovery)|LOADING Redis is loading|"
        r"not yet accepting connections",
        "needs a server that is just starting",
        "wait until it is up, then deploy again",
        heals=True,
    ),
    words(
        r"too many connections|too many clients|remaining connection slots|max_user_connections|"
        r"QueuePool limit of size|max number of clients reached|max client connections",
        "gets no connection, because the server already has as many as it takes",
        "use fewer replicas, `workers:` or a smaller pool, put a pooler between, or raise the server's limit",
        heals=True,
    ),
    words(
        r"password authentication failed|no password supplied|Access denied for user|WRONGPASS|NOAUTH|"
        r"invalid username-password pair|ACCESS_REFUSED|Authentication required|[Aa]uthentication ?[Ff]ail|"
        r"is not allowed to connect to this M|Login failed for user|ORA-01017|invalid username/password|"
        r"[Ii]ncorrect username or password|Login incorrect|[Aa]uthorization Violation|requires authentication|"
        r"missing authentication credentials|StatusCode\.UNAUTHENTICATED|\binvalid_auth\b|LoginFailure|"
        r"Client sent AUTH, but no password is set|SASL authentication",
        "is refused by a server: wrong user or password",
        "correct the user and the password in the Secret, and see that the server knows that user",
    ),
    words(
        r"no pg_hba\.conf entry",
        "is refused by the database: its rules allow no connection like this (pg_hba.conf)",
        "allow that user, database and network there, or connect with TLS (`sslmode=require`)",
    ),
    words(
        r"server does not support SSL|SSL connection is required|requires? (?:a )?(?:SSL|TLS|secure transport)|"
        r"The server does not support SSL|insecure transport are prohibited|WRONG_VERSION_NUMBER|"
        r"server gave HTTP response to HTTPS|HTTP request to an HTTPS server",
        "and the server don't agree whether to use TLS",
        "correct `sslmode` or `ssl` in the address, or rediss:// and amqps:// in its beginning",
    ),
    words(
        r"received invalid response to SSL negotiation|[Pp]acket sequence number wrong|Protocol Error: b|"
        r"invalid response .*greeting|Unexpected (?:protocol version|response) ",
        "gets an answer from something that isn't the kind of server it expects",
        "check host and port in the variables or the Secret: another service, or a proxy, answers there",
    ),
    words(
        r"certificate (?:has expired|is not yet valid)|certificate has expired or is not yet valid",
        "is shown a certificate that has expired, or isn't valid yet",
        "renew that server's certificate; where it is valid, look at the clock of the node",
    ),
    words(
        r"[Hh]ostname mismatch|certificate is not valid for|hostname \S+ doesn't match|"
        r"certificate is valid for .* not ",
        "is shown a certificate of another name than it asks for",
        "call the server by a name that its certificate has, or renew that with the name that is used in the cluster",
    ),
    words(
        r"(?i)alert certificate required|alert bad certificate|client certificate (?:is )?required|"
        r"connection requires a valid client certificate",
        "is asked for a certificate of its own by a server",
        "mount the Secret with its client certificate and key, and name both in the address or settings",
    ),
    words(
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate signed by unknown authority",
        "doesn't trust the certificate of a server that it asks",
        "put its authority's certificate into the image and name it (SSL_CERT_FILE), or correct the server's name",
    ),
    words(
        r"database [\"'](?P<what>[^\"']+)[\"'] does not exist|Unknown database '(?P<other>[^']+)'|"
        r"Cannot open database \"(?P<more>[^\"]+)\"",
        "needs the database {what}, which the server doesn't have",
        "create it, or correct its name in the variable or Secret that the address comes from",
    ),
    words(
        r"role [\"'](?P<what>[^\"']+)[\"'] does not exist",
        "connects as {what}, whom the database doesn't know",
        "create that role, or correct the user in the variable or Secret that the address comes from",
    ),
    words(
        r"vhost '?(?P<what>[^' ]+)'? (?:not found|refused|doesn't exist)|no such database: (?P<other>\S+)|"
        r"UNKNOWN_TOPIC_OR_PART\w*[:\s]+(?P<more>[\w.-]+)",
        "needs {what}, which the server doesn't have",
        "create it there, or correct its name in the variable or Secret that the address comes from",
    ),
    words(
        r"PRECONDITION_FAILED - (?P<what>[^\n']+)",
        "declares something otherwise than the broker has it: {what}",
        "declare it as it is there, or delete it there so that it is made anew",
    ),
    words(
        r"You can't write against a read|MISCONF Redis|in a read-only transaction|NotWritablePrimary|"
        r"not primary(?! key)|"
        r"--(?:super-)?read-only option",
        "writes to a server that only reads: a replica, or one in trouble",
        "name the primary's address; look at that server's disk and log",
    ),
    words(
        r"prepared statement \"(?P<what>[^\"]+)\" (?:already exists|does not exist)",
        "uses prepared statements through a pooler that mixes its connections up",
        "switch them off (asyncpg: statement_cache_size=0; psycopg: prepare_threshold=None), or pool by session",
    ),
    words(
        r"permission denied (?:for|to) (?P<what>[^\n]+)|must be owner of (?P<other>[^\n]+)|"
        r"command denied to user (?P<more>[^\n]+)|NOPERM (?P<redis>[^\n]+)",
        "isn't allowed to in the database: permission denied for {what}",
        "grant that right to the role that the application connects as, or let the release step use the owner's",
    ),
    words(
        r"no such table: (?P<what>\S+)|relation \"(?P<other>[^\"]+)\" does not exist|"
        r"Table '(?P<more>[^']+)' doesn't exist",
        "needs the database table {what}, which doesn't exist",
        "check that `release:` in kubeship.yaml runs the migration that makes it, that no migration uses it before, "
        "and that DATABASE_URL names the right database",
    ),
    words(
        r"column \"?(?P<what>[\w.]+)\"? (?:of relation \"\w+\" )?does not exist|no such column: (?P<other>[\w.]+)|"
        r"Unknown column '(?P<more>[^']+)'|has no column named (?P<last>\w+)",
        "needs the database column {what}, which doesn't exist",
        "check that `release:` in kubeship.yaml runs the migration that adds it, and that it was made and committed",
    ),
    words(
        r"relation \"(?P<what>[^\"]+)\" already exists|Table '(?P<other>[^']+)' already exists|"
        r"table \"?(?P<more>\w+)\"? already exists|Duplicate column name '(?P<last>[^']+)'|"
        r"column \"(?P<column>[^\"]+)\" of relation \"\w+\" already exists",
        "is to make {what} in the database, which is already there",
        "the database was changed past its migrations: bring their history in line (Django: migrate --fake; Alembic: "
        "stamp), then deploy again",
    ),
    words(
        r"Can't locate revision identified by '(?P<what>[^']+)'",
        "doesn't know the revision {what} that the database stands at",
        "deploy a version that has that migration: a newer one, or another branch, has already migrated this database",
    ),
    words(  # Django; PostgreSQL's 23502 and 23505 of a changed table
        r"Migration (?P<what>[\w.]+) dependencies reference nonexistent parent",
        "has the migration {what}, whose parent is not in the image",
        "commit that migration's file too, and check that neither .gitignore nor .dockerignore excludes it",
    ),
    words(
        r"could not create unique index \"(?P<what>[^\"]+)|column \"(?P<other>[^\"]+)\" .*contains null values",
        "changes the database in a way that the rows in it don't allow ({what})",
        "let the migration bring the rows in line first, or give the column a default",
    ),
    words(
        r"Conflicting migrations detected|[Mm]ultiple head revisions",
        "has migrations that branch: two follow the same one",
        "merge them (Django: makemigrations --merge; Alembic: alembic merge heads), commit that, and deploy again",
    ),
    words(
        r"extension \"(?P<what>[^\"]+)\" is not available|could not open extension control file|"
        r"type \"(?P<other>vector|geometry|geography|hstore|citext)\" does not exist",
        "needs a database extension that isn't there: {what}",
        "install the extension on the database server, and create it there (CREATE EXTENSION)",
    ),
    words(
        r"lock timeout|[Ll]ock wait timeout|could not obtain lock|deadlock detected|[Dd]eadlock found|"
        r"database is locked|LockNotAvailable|Waiting for table metadata lock",
        "waits for a lock that something else holds in the database",
        "end what holds it (PostgreSQL: select * from pg_stat_activity where wait_event_type = 'Lock'; often an older "
        "version or a migration that still runs), then deploy again",
    ),
    words(
        r"server closed the connection unexpectedly|connection has been closed unexpectedly|Lost connection to MySQL|"
        r"server has gone away|Connection reset by peer|Server disconnected|Connection closed by server",
        "loses its connection to a server that it needs",
        "look whether that server runs and stays up, and what its log says of the connection",
        heals=True,
    ),
    words(
        r"on socket \"[^\"]*\" failed|through socket '[^']*'",
        "looks for its database on a socket of its own container, as clients do that are given no host",
        "set the database's host: in the variable or Secret that the address comes from",
    ),
    words(
        r"(?s)(?:\b127\.0\.0\.1\b|\blocalhost\b|::1).*(?:Connection refused|Connect call failed|"
        r"Cannot assign requested)|ECONNREFUSED (?:127|::1)|"
        r"(?:[Cc]onnection refused|Connect call failed).*(?:\b127\.0\.0\.1\b|\blocalhost\b)",
        "can't reach a server that it looks for on localhost, which in a pod is the pod itself",
        "name the server's own address in the variables or the Secret (of a Service: its name)",
        heals=True,
    ),
    words(
        r"[Cc]onnection refused|Connect call failed|Name or service not known|No address associated with hostname|"
        r"Network is unreachable|No route to host|Temporary failure in name resolution|[Cc]onnection timed out|"
        r"could not translate host name|connection timeout expired|[Cc]onnect(?:ion)? ?timeout|ConnectTimeout|"
        r"NoBrokersAvailable|ServerSelectionTimeoutError|[Ff]ailed to resolve|getaddrinfo failed|"
        r"Can't connect to (?:MySQL|local) server|Could not connect to Redis|nodename nor servname|"
        r"Unable to bootstrap from|Could not connect to the endpoint|DNS query name does not exist|no such host|"
        r"i/o timeout|server misbehaving|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|UnknownHostException|"
        r"StatusCode\.UNAVAILABLE|failed to connect to all addresses|[Nn]o servers available|"
        r"ConnectException|[Cc]ould not resolve host|Failed to connect to \S+ port|Can't reach database server|"
        r"Can't contact LDAP server|[Uu]nable to connect to port|Login timeout expired|DPY-6005|ORA-125\d\d|"
        r"Domain name not found|"
        r"[Bb]roker transport failure|brokers? (?:are )?down|nc: bad address|:\d+ - no response|"
        r"timeout occurred after waiting|Timeout after \S+ waiting",
        "can't reach a server that it needs",
        ADDRESS,
        heals=True,
    ),
)
"""The first that matches counts. Sources: PostgreSQL's appendix A and libpq's fe-connect.c, MySQL's error reference
(1040, 1044, 1045, 1049, 1054, 1142, 1146, 1205, 1213, 2003), SQLite's result codes, Redis' errors, RabbitMQ's AMQP
reply codes, Django's and Alembic's own words, glibc's getaddrinfo, CPython's asyncio."""


NOT_YET = re.compile(r"(?:\bnot|n't) (?:yet )?(?:ready|up|reachable|available|there)\b|[Tt]emporarily unavailable")
"""A program's own words that somebody else is late; what they say may pass."""
