package dev.banyan.config;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Bad files, each with all the headlines that it must get.
final class BadFiles {
  static final String SERVICES =
      """
      services:
        legacy: { url: http://127.0.0.1:3000 }
        users: { url: http://127.0.0.1:4000 }
      """;

  private static final String ADDRESS =
      "; allowed: host:port with a port from 0 (any free one) to 65535, such as 127.0.0.1:8080 or"
          + " [::1]:8080";
  private static final String URL =
      "; allowed: http://host, http://host:port, and the same with https";
  private static final String ROUTE =
      "; allowed: METHOD /path, or /path for every method; segments are literals, {name}, and ** at"
          + " the end";
  private static final String SHARE = "% to 100%, in steps of 0.001%, such as 5% or 0.1%";
  private static final String UNITS = ", a whole number with ms, s, m or h, such as 500ms or 2m";

  private BadFiles() {}

  static Arguments bad(String yaml, String... headlines) {
    return Arguments.of(yaml, List.of(headlines));
  }

  /// A family with these keys from line 8 on.
  static Arguments badFamily(String keys, String... headlines) {
    return bad(
        SERVICES + "families:\n  users:\n    candidate: users\n    routes: [/users]\n" + keys,
        headlines);
  }

  /// A family with this route in line 8.
  private static Arguments badRoute(String route, String... headlines) {
    return bad(
        SERVICES + "families:\n  users:\n    candidate: users\n    routes:\n    - " + route + "\n",
        headlines);
  }

  static Stream<Arguments> all() {
    return Stream.of(
            structure(),
            addresses(),
            services(),
            serviceKeys(),
            shadow(),
            filling(),
            families(),
            familyKeys(),
            familyNumbers(),
            routes(),
            claims(),
            BadPolicies.all())
        .flatMap(files -> files);
  }

  private static Stream<Arguments> structure() {
    return Stream.of(
        bad(
            "",
            "banyan.yaml: the file is empty; it needs at least: services: { legacy: { url:"
                + " http://127.0.0.1:3000 } }"),
        bad(
            "# only a comment\n",
            "banyan.yaml: the file is empty; it needs at least: services: { legacy: { url:"
                + " http://127.0.0.1:3000 } }"),
        bad(
            "~",
            "banyan.yaml: the file is empty; it needs at least: services: { legacy: { url:"
                + " http://127.0.0.1:3000 } }"),
        bad("hello", "banyan.yaml:1:1: keys are expected here, such as name: value, not text"),
        bad("- a", "banyan.yaml:1:1: keys are expected here, such as name: value, not a list"),
        bad(
            "a: [",
            "banyan.yaml:1:5: this is not YAML: while parsing a flow node: expected the node"
                + " content, but found '<stream end>'"),
        bad("listen:\n\t- a", "banyan.yaml:2:1: a tab stands where YAML allows only spaces"),
        bad(
            "token: *Passw0rd",
            "banyan.yaml:1:8: '*' begins the name of an anchor that does not exist; put quotes"
                + " around a value that begins with '*'"),
        bad(
            "token: !Passw0rd x",
            "banyan.yaml:1:1: token: unknown key 'token'; allowed: listen, tls, trusted_proxies,"
                + " limits, control, legacy, services, families, freezes, shadow, access_log,"
                + " ledger, notifications, store, databases, transfers",
            "banyan.yaml:1:1: services: the key 'services' is missing; for example: services: {"
                + " legacy: { url: http://127.0.0.1:3000 } }"),
        bad(
            "listen: 'a",
            "banyan.yaml:1:11: this is not YAML: while scanning a quoted scalar: found unexpected"
                + " end of stream"),
        bad(
            "a: b\n---\nc: d",
            "banyan.yaml:2:1: a second document begins here; allowed: one document in a file"),
        bad(
            "# " + "x".repeat(3_000) + "\nab: \u0007",
            "banyan.yaml:2:5: the character \\u0007 is not allowed in YAML"),
        bad(
            "control: { token: ${TOKEN} }",
            "banyan.yaml:1:20: this is not YAML: while parsing a flow mapping: expected ',' or '}',"
                + " but got {; inside { } and [ ] a value with ${…} needs quotes"),
        bad(
            "a: " + "[".repeat(40) + "]".repeat(40),
            "banyan.yaml:1:35: this is nested too deeply; allowed: 32 levels"),
        bad(
            "a: &x [b]\nb: [" + "*x,".repeat(60) + "]",
            "banyan.yaml:2:155: too many aliases; allowed: 50"),
        bad("? [a]\n: b\n" + SERVICES, "banyan.yaml:1:3: a key must be plain text"),
        bad(
            SERVICES + "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n",
            "banyan.yaml:5:1: listen: the key 'listen' stands in line 4 already"));
  }

  private static Stream<Arguments> addresses() {
    return Stream.of(
        bad(
            "listen: 127.0.0.1:80\n",
            "banyan.yaml:1:1: services: the key 'services' is missing; for example: services: {"
                + " legacy: { url: http://127.0.0.1:3000 } }"),
        bad(
            SERVICES + "listen: 8080",
            "banyan.yaml:4:9: listen: '8080' is not a host and a port" + ADDRESS),
        bad(
            SERVICES + "listen: 127.0.0.1:65536",
            "banyan.yaml:4:9: listen: '127.0.0.1:65536' is not a host and a port" + ADDRESS),
        bad(
            SERVICES + "listen: [a]",
            "banyan.yaml:4:9: listen: a list stands here where one value is expected" + ADDRESS),
        bad(SERVICES + "listen:\n", "banyan.yaml:4:8: listen: the value is missing" + ADDRESS),
        bad(
            SERVICES + "control: { listen: 0.0.0.0:8081 }",
            "banyan.yaml:4:20: control.listen: others than this machine can reach '0.0.0.0:8081'"
                + " and there is no valid control.token; allowed: a token, or a loopback address"
                + " such as 127.0.0.1:8081"),
        bad(
            SERVICES + "control: { listen: 127.0.0.1:8080 }",
            "banyan.yaml:4:20: control.listen: '127.0.0.1:8080' of control.listen and"
                + " '0.0.0.0:8080' of listen cannot both be had; allowed: two different ports"),
        bad(
            SERVICES + "listen: 127.0.0.1:8081",
            "banyan.yaml:4:9: listen: '127.0.0.1:8081' of control.listen and '127.0.0.1:8081' of"
                + " listen cannot both be had; allowed: two different ports"),
        bad(
            SERVICES + "control: { listen: '[::]:8081', token: '' }",
            "banyan.yaml:4:20: control.listen: others than this machine can reach '[::]:8081' and"
                + " there is no valid control.token; allowed: a token, or a loopback address such"
                + " as 127.0.0.1:8081",
            "banyan.yaml:4:40: control.token: the value (not shown) is not a token; allowed: 1 to"
                + " 512 visible ASCII characters without spaces"),
        bad(
            SERVICES + "control: { token: 'two words' }",
            "banyan.yaml:4:19: control.token: the value (not shown) is not a token; allowed: 1 to"
                + " 512 visible ASCII characters without spaces"));
  }

  private static Stream<Arguments> services() {
    return Stream.of(
        bad(
            "services:\n",
            "banyan.yaml:1:10: services: there is no service here; allowed: 1 to 1000"),
        bad(
            "services: { old: {} }",
            "banyan.yaml:1:18: services.old.url: the key 'url' is missing; for example: url:"
                + " http://127.0.0.1:3000"),
        bad(
            "services: { 'ol d': { url: http://a } }",
            "banyan.yaml:1:13: services.ol d: 'ol d' is not a name for a service; allowed: up to 63"
                + " letters (a-z, A-Z), digits, '-', '_' and '.', beginning with a letter or"
                + " digit"),
        bad(
            "services: { a: { url: http://a }, b: { url: http://b } }",
            "banyan.yaml:1:11: services: it is not said which of these is the legacy; call one of"
                + " them 'legacy', or add for example: legacy: a"),
        bad(
            "services: { a: { url: http://a } }\nlegacy: b",
            "banyan.yaml:2:9: legacy: there is no service 'b'; allowed: a"),
        bad(
            SERVICES + "listn: 127.0.0.1:80",
            "banyan.yaml:4:1: listn: unknown key 'listn' (did you mean 'listen'?); allowed: listen,"
                + " tls, trusted_proxies, limits, control, legacy, services, families, freezes,"
                + " shadow, access_log, ledger, notifications, store, databases, transfers"));
  }

  private static Stream<Arguments> serviceKeys() {
    return Stream.of(
        bad(
            "services: { a: { url: [http://a, https://b] } }",
            "banyan.yaml:1:34: services.a.url[1]: 'https://b' is not http like the first; allowed:"
                + " one scheme"),
        bad(
            "services: { a: { url: http://a, protocol: h2 } }",
            "banyan.yaml:1:43: services.a.protocol: h2 is HTTP/2 over TLS, and the URL is http;"
                + " allowed: h2c"),
        bad(
            "services: { a: { url: https://a, protocol: h2c } }",
            "banyan.yaml:1:44: services.a.protocol: h2c is HTTP/2 without TLS, and the URL is"
                + " https; allowed: h2"),
        bad(
            "{ services: { a: { url: http://a } }, tls: { key: k } }",
            "banyan.yaml:1:51: tls.key: tls.key needs tls.certificate; for example: certificate:"
                + " tls.crt"),
        bad(
            "{ services: { a: { url: http://a } }, trusted_proxies: [10.0.0.0/33] }",
            "banyan.yaml:1:57: trusted_proxies[0]: '10.0.0.0/33' has not 0 to 32 bits; allowed: an"
                + " address, such as 10.0.0.1 or ::1, or a network, such as 10.0.0.0/8"),
        bad(
            "services: { a: { url: http://a/b } }",
            "banyan.yaml:1:23: services.a.url: 'http://a/b' goes on after the port, and a request"
                + " keeps the path that it came with"
                + URL),
        bad(
            "services: { a: { url: 'http://a?b=c' } }",
            "banyan.yaml:1:23: services.a.url: 'http://a?b=c' goes on after the port, and a request"
                + " keeps the path that it came with"
                + URL),
        bad(
            "services: { a: { url: http://ann:pw@a } }",
            "banyan.yaml:1:23: services.a.url: a user name or password is not allowed in the URL of"
                + " a service"
                + URL),
        bad(
            "services: { a: { url: http://a_b } }",
            "banyan.yaml:1:23: services.a.url: 'http://a_b' is not the URL of a service" + URL),
        bad(
            "services: { a: { url: ftp://a } }",
            "banyan.yaml:1:23: services.a.url: 'ftp://a' is not the URL of a service" + URL),
        bad(
            "services: { a: { url: 'http://a b' } }",
            "banyan.yaml:1:23: services.a.url: 'http://a b' is not the URL of a service" + URL),
        bad(
            "services: { a: { url: http://a, health: healthz } }",
            "banyan.yaml:1:41: services.a.health: 'healthz' is not a path; allowed: a slash and"
                + " what follows it, such as /healthz"),
        bad(
            "services: { a: { url: http://a, health: /a%zz } }",
            "banyan.yaml:1:41: services.a.health: '/a%zz' is not a path; allowed: a slash and"
                + " what follows it, such as /healthz"),
        bad(
            "services: { a: { url: http://a, connect_timeout: 5 } }",
            "banyan.yaml:1:50: services.a.connect_timeout: '5' is not a duration; allowed: from 1ms"
                + " to 5m"
                + UNITS),
        bad(
            "services: { a: { url: http://a, response_timeout: 2h } }",
            "banyan.yaml:1:51: services.a.response_timeout: '2h' is out of range; allowed: from 1ms"
                + " to 1h"
                + UNITS),
        bad(
            "services: { a: { url: http://a, connections: 0 } }",
            "banyan.yaml:1:46: services.a.connections: '0' is out of range; allowed: 1 to 65536"));
  }

  private static Stream<Arguments> shadow() {
    return Stream.of(
        bad(
            SERVICES + "shadow: { memory: 64 }",
            "banyan.yaml:4:19: shadow.memory: '64' is not a size; allowed: from 64KiB to 64GiB, a"
                + " whole number with B, KiB, MiB, GiB (of 1024) or KB, MB, GB (of 1000), such as"
                + " 64KiB"),
        bad(
            SERVICES + "shadow: { memory: 1MiB, body: 2MiB }",
            "banyan.yaml:4:31: shadow.body: 2097152 bytes for one body do not fit into"
                + " shadow.memory; allowed: up to 1048576 bytes"),
        bad(
            SERVICES + "shadow: { concurrency: -1 }",
            "banyan.yaml:4:24: shadow.concurrency: '-1' is out of range; allowed: 1 to 65536"),
        bad(
            SERVICES + "shadow: { deadline: 5 parsecs }",
            "banyan.yaml:4:21: shadow.deadline: '5 parsecs' is not a duration; allowed: from 1ms to"
                + " 10m"
                + UNITS));
  }

  private static Stream<Arguments> filling() {
    return Stream.of(
        bad(
            SERVICES + "listen: 127.0.0.1:${BANYAN_NOT_SET}",
            "banyan.yaml:4:9: listen: the environment variable 'BANYAN_NOT_SET' is not set; set it,"
                + " or give a default: ${BANYAN_NOT_SET:default}"),
        bad(
            SERVICES + "listen: 127.0.0.1:${BANYAN_NOT_SET:none}",
            "banyan.yaml:4:9: listen: what is filled in for '127.0.0.1:${BANYAN_NOT_SET:none}' is"
                + " not a host and a port"
                + ADDRESS),
        bad(
            SERVICES + "listen: ${file:/nowhere/x}",
            "banyan.yaml:4:9: listen: the file '/nowhere/x' does not exist"),
        bad(
            SERVICES + "listen: ${1A}",
            "banyan.yaml:4:9: listen: '${…}' names no variable; allowed: ${NAME},"
                + " ${NAME:default}, ${file:/path}"),
        bad(
            SERVICES + "listen: ${A",
            "banyan.yaml:4:9: listen: '${' is not closed by '}'; write '$${' for the characters"
                + " themselves"));
  }

  private static Stream<Arguments> families() {
    return Stream.of(
        bad(
            SERVICES + "families:\n  users: { routes: [/users] }",
            "banyan.yaml:5:10: families.users.candidate: the key 'candidate' is missing; for"
                + " example: candidate: users"),
        bad(
            SERVICES + "families:\n  users: { candidate: users }",
            "banyan.yaml:5:10: families.users.routes: the key 'routes' is missing; for example:"
                + " routes: [\"GET /users/{id}\", \"/users/{id}/**\"]"),
        bad(
            SERVICES + "families:\n  users: { candidate: users, routes: [] }",
            "banyan.yaml:5:38: families.users.routes: the list has 0 entries; allowed: 1 to 10000"),
        bad(
            SERVICES + "families:\n  users: { candidate: user, routes: [/users] }",
            "banyan.yaml:5:23: families.users.candidate: there is no service 'user' (did you mean"
                + " 'users'?); allowed: legacy, users"),
        bad(
            SERVICES + "families:\n  users: { candidate: legacy, routes: [/users] }",
            "banyan.yaml:5:23: families.users.candidate: 'legacy' is the legacy service; a family"
                + " moves to another one; allowed: users"),
        bad(
            SERVICES + "families:\n  Users: { candidate: users, routes: [/users] }",
            "banyan.yaml:5:3: families.Users: 'Users' is not a name for a family; allowed: up to 63"
                + " small letters (a-z), digits and '-', beginning with a letter or digit"));
  }

  private static Stream<Arguments> familyKeys() {
    return Stream.of(
        badFamily(
            "    stiky: ip\n",
            "banyan.yaml:8:5: families.users.stiky: unknown key 'stiky' (did you mean 'sticky'?);"
                + " allowed: routes, candidate, data, read_your_writes, after_write, writes, dual,"
                + " sticky, owner, fallback, strategy, auto, require_approval, freeze,"
                + " on_store_loss, steps, soak, parity, gates, breaker, shadow, goals"),
        badFamily(
            "    sticky: heder:x\n",
            "banyan.yaml:8:13: families.users.sticky: 'heder:x' is not a sticky unit; allowed:"
                + " header:NAME, cookie:NAME, ip"),
        badFamily(
            "    sticky: 'header:a b'\n",
            "banyan.yaml:8:13: families.users.sticky: 'header:a b' is not a sticky unit; allowed:"
                + " header:NAME, cookie:NAME, ip"),
        badFamily(
            "    data: shard\n",
            "banyan.yaml:8:11: families.users.data: 'shard' is unknown (did you mean 'shared'?);"
                + " allowed: none, shared, synced"),
        badFamily(
            "    fallback: on\n",
            "banyan.yaml:8:15: families.users.fallback: 'on' is unknown; allowed: safe, off"),
        badFamily(
            "    auto: fill\n",
            "banyan.yaml:8:11: families.users.auto: 'fill' is unknown (did you mean 'full'?);"
                + " allowed: off, rollback, full"),
        badFamily(
            "    owner: ' '\n",
            "banyan.yaml:8:12: families.users.owner: ' ' is not one line of text; allowed: 1 to 100"
                + " characters without line breaks"));
  }

  private static Stream<Arguments> familyNumbers() {
    return Stream.of(
        badFamily(
            "    steps: [5%, 1%, 100%]\n",
            "banyan.yaml:8:17: families.users.steps[1]: '1%' comes after '5%'; allowed: more with"
                + " every step"),
        badFamily(
            "    steps: [1%, 50%]\n",
            "banyan.yaml:8:17: families.users.steps[1]: the last step is '50%'; allowed: 100%"),
        badFamily(
            "    steps: [0%, 100%]\n",
            "banyan.yaml:8:13: families.users.steps[0]: '0%' is out of range; allowed: from 0.001"
                + SHARE),
        badFamily(
            "    steps: 5%\n",
            "banyan.yaml:8:12: families.users.steps: a list is expected here, such as [a, b], not"
                + " text"),
        badFamily(
            "    soak: soon\n",
            "banyan.yaml:8:11: families.users.soak: 'soon' is not a duration; allowed: from 0s to"
                + " 720h"
                + UNITS),
        badFamily(
            "    parity: { limit: 100% }\n",
            "banyan.yaml:8:22: families.users.parity.limit: '100%' is out of range; allowed: from"
                + " 0.001"
                + SHARE.replace("100", "99.999")),
        badFamily(
            "    gates: { margin: 1 }\n",
            "banyan.yaml:8:22: families.users.gates.margin: '1' is out of range; allowed: 1.1 to"
                + " 100, such as 2.5"),
        badFamily(
            "    breaker: { slow: 20%, slow_factor: 3 }\n",
            "banyan.yaml:8:16: families.users.breaker.slow: unknown key 'slow', which is no more:"
                + " slow answers are a matter of proof now, by gates.slow (how many times as"
                + " frequent as the legacy's); allowed: window, requests, errors,"
                + " connect_failures",
            "banyan.yaml:8:27: families.users.breaker.slow_factor: unknown key 'slow_factor', which"
                + " is no more: what is slow is taken from the legacy's quantiles now;"
                + " gates.slow_from says below what no answer is; allowed: window, requests,"
                + " errors, connect_failures"),
        badFamily(
            "    breaker: { errors: 0.05 }\n",
            "banyan.yaml:8:24: families.users.breaker.errors: '0.05' is not a share; allowed: from"
                + " 0.001"
                + SHARE),
        badFamily(
            "    shadow: { sample: lots }\n",
            "banyan.yaml:8:23: families.users.shadow.sample: 'lots' is not a share; allowed: from 0"
                + SHARE));
  }

  private static Stream<Arguments> routes() {
    return Stream.of(
        badRoute(
            "users",
            "banyan.yaml:8:7: families.users.routes[0]: the path 'users' does not begin with a"
                + " slash"
                + ROUTE),
        badRoute(
            "get /users",
            "banyan.yaml:8:7: families.users.routes[0]: 'get' is not a method in capitals, such as"
                + " GET, in the route 'get /users'"
                + ROUTE),
        badRoute(
            "GET /users/",
            "banyan.yaml:8:7: families.users.routes[0]: the path '/users/' can never match: it has"
                + " an empty segment (a doubled slash, or one at the end)"
                + ROUTE),
        badRoute(
            "GET /users/../x",
            "banyan.yaml:8:7: families.users.routes[0]: the path '/users/../x' can never match: it"
                + " has the dot segment '..'"
                + ROUTE),
        badRoute(
            "GET /users?x=1",
            "banyan.yaml:8:7: families.users.routes[0]: the path '/users?x=1' can never match:"
                + " routes are matched without query and fragment"
                + ROUTE),
        badRoute(
            "GET /users/{id}.json",
            "banyan.yaml:8:7: families.users.routes[0]: '{id}.json' in '/users/{id}.json' mixes"
                + " text and a variable; a segment is a literal, {name}, or ** at the end"
                + ROUTE),
        badRoute(
            "GET /**/users",
            "banyan.yaml:8:7: families.users.routes[0]: '**' stands in the middle of '/**/users';"
                + " it may only end a path"
                + ROUTE),
        badRoute(
            "GET /a b",
            "banyan.yaml:8:7: families.users.routes[0]: 'GET /a b' can never match: a path has no"
                + " spaces"
                + ROUTE),
        badRoute(
            "CONNECT /a",
            "banyan.yaml:8:7: families.users.routes[0]: 'CONNECT /a' can never match: CONNECT is"
                + " refused before routing"
                + ROUTE));
  }

  private static Stream<Arguments> claims() {
    return Stream.of(
        badRoute(
            "{ route: /search, safe: true }",
            "banyan.yaml:8:31: families.users.routes[0].safe: '/search' is for every method, DELETE"
                + " too; allowed: 'safe: true' on a route that names its method, such as POST"
                + " /search"),
        badRoute(
            "{ rout: /search, safe: maybe }",
            "banyan.yaml:8:9: families.users.routes[0].rout: unknown key 'rout' (did you mean"
                + " 'route'?); allowed: route, safe",
            "banyan.yaml:8:30: families.users.routes[0].safe: 'maybe' is not true or false;"
                + " allowed: true, false"),
        badRoute(
            "GET /a/{x}\n    - GET /a/{y}",
            "banyan.yaml:9:7: families.users.routes[1]: 'GET /a/{y}' is claimed already by 'GET"
                + " /a/{x}' of this family (line 8, column 7); allowed: each route once"),
        badRoute(
            """
            GET /users/{id}
                - /users
              more:
                candidate: users
                routes: ['GET /users/{name}', /users, 'POST /users']\
            """,
            "banyan.yaml:12:14: families.more.routes[0]: 'GET /users/{name}' is claimed already by"
                + " 'GET /users/{id}' of family 'users' (line 8, column 7); allowed: each route"
                + " once",
            "banyan.yaml:12:35: families.more.routes[1]: '/users' is claimed already by '/users' of"
                + " family 'users' (line 9, column 7); allowed: each route once"));
  }
}
