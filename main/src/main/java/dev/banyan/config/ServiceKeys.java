package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.proxy.ServiceOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// The keys of one backend.
final class ServiceKeys {
  private ServiceKeys() {}

  static final Key<List<Placed<URI>>> URL =
      Key.of(
              "url",
              new OneOrMore<>(Scalars.httpUrl(), 64),
              "Where the service listens: scheme, host and port. A request keeps its path. A list"
                  + " of several, or a name with several addresses, is a service in several"
                  + " places: each request goes to the less busy of two that are picked at"
                  + " random.")
          .asRequired()
          .example("http://127.0.0.1:3000");
  static final Key<ServiceOptions.Protocol> PROTOCOL =
      Key.of(
              "protocol",
              Scalars.word(ServiceOptions.Protocol.class, ServiceOptions.Protocol::word),
              "What the service is spoken to in: `http1`, `h2` (HTTP/2 over TLS, so with"
                  + " `https`), or `h2c` (HTTP/2 without TLS). gRPC needs one of the last two.")
          .standard("http1")
          .example("h2c");
  static final Key<Values> TLS = Key.of("tls", Tls.GROUP, "How a service at `https` is verified.");
  static final Key<String> HEALTH =
      Key.of(
              "health",
              Scalars.path(),
              "A path that answers with 2xx while the service is well. Each of its addresses is"
                  + " asked every 2 s, in the service's own protocol: after two bad answers in a"
                  + " row an address gets no requests, until two good ones. Where a candidate"
                  + " declares a path, a family leaves `legacy` only while all its addresses are"
                  + " well (the `health` gate). Left out, nothing is asked.")
          .atLimit("An answer that takes longer than 2 s counts as none.")
          .example("/healthz");
  static final Key<String> VERSION_HEADER =
      Key.of(
              "version_header",
              Scalars.fieldName(),
              "A header in which the service's answers say their version. A version not seen before"
                  + " is a deploy, as with `banyan deploy`: the evidence of the families that use"
                  + " the service begins anew. Left out, nothing is looked at.")
          .example("x-version");
  static final Key<URI> METRICS =
      Key.of(
              "metrics",
              Scalars.pathOrUrl(),
              "The Prometheus page of the service's process: a path at its first address, or a URL."
                  + " Asked every 15 s where a family has goals for memory or cpu.")
          .atLimit("A page that takes longer than 2 s or has more than 1 MiB counts as none.")
          .example("/metrics");
  static final Key<Duration> CONNECT_TIMEOUT =
      Key.of(
              "connect_timeout",
              Scalars.duration("1ms", "5m"),
              "How long a connection to the service may take to be made.")
          .standard("2s")
          .atLimit(
              "The request fails with 502 (`backend-unreachable`) and counts as an error of that"
                  + " side.")
          .example("500ms");
  static final Key<Duration> RESPONSE_TIMEOUT =
      Key.of(
              "response_timeout",
              Scalars.duration("1ms", "1h"),
              "How long the service may be silent while an answer is awaited or under way.")
          .standard("30s")
          .atLimit(
              "Before the answer has begun the request fails with 504 (`backend-timeout`); later"
                  + " the client's connection is closed. Either counts as an error of that side.")
          .example("10s");
  static final Key<Integer> CONNECTIONS =
      Key.of(
              "connections",
              Scalars.whole(1, 65_536),
              "The most connections to the service from one event loop.")
          .standard("256")
          .atLimit(
              "Further requests wait, as `queue` says. Of HTTP/2 one connection carries many"
                  + " requests, so that few are made.")
          .example("64");
  static final Key<Integer> QUEUE =
      Key.of(
              "queue",
              Scalars.whole(0, 65_536),
              "The most requests that wait for a connection to one address of the service, on"
                  + " one event loop, each for up to `connect_timeout`.")
          .standard("256")
          .atLimit("A further request fails with 503 (`pool-exhausted`).")
          .example("64");
  static final Key<Duration> STREAM_IDLE =
      Key.of(
              "stream_idle",
              Scalars.duration("1s", "168h"),
              "How long a tunnel (WebSocket and other upgrades), an event stream"
                  + " (`text/event-stream`) or a gRPC call may be silent once it has begun.")
          .standard("1h")
          .atLimit("It is ended.")
          .example("5m");
  static final Key<Duration> MAX_DURATION =
      Key.of(
              "max_duration",
              Scalars.duration("1s", "720h"),
              "How long one exchange with the service may last in all, tunnels and streams too:"
                  + " what is open stays with the side that took it, and this ends it some day."
                  + " Left out, it may last for ever.")
          .atLimit(
              "Before the answer has begun the request fails with 504 (`backend-timeout`); later"
                  + " it is ended.")
          .example("4h");
  static final Key<Duration> DNS_REFRESH =
      Key.of(
              "dns_refresh",
              Scalars.duration("1s", "24h"),
              "How often the service's names are looked up again. When a look-up fails, the"
                  + " addresses known last stay.")
          .standard("30s")
          .example("5s");
  static final Group GROUP =
      Group.of(
          URL,
          PROTOCOL,
          TLS,
          HEALTH,
          VERSION_HEADER,
          METRICS,
          CONNECT_TIMEOUT,
          RESPONSE_TIMEOUT,
          STREAM_IDLE,
          MAX_DURATION,
          CONNECTIONS,
          QUEUE,
          DNS_REFRESH);

  /// How a backend is verified.
  static final class Tls {
    private Tls() {}

    static final Key<String> CA =
        Key.of(
                "ca",
                Scalars.text(4_096),
                "A file of PEM certificates to trust instead of the system's. A relative path"
                    + " begins at the folder of the configuration.")
            .example("/etc/banyan/ca.pem");
    static final Key<String> SERVER_NAME =
        Key.of(
                "server_name",
                Scalars.text(253),
                "The name to ask for (SNI) and to find in the certificate. Left out, the host of"
                    + " the URL.")
            .example("users.internal");
    static final Key<Boolean> VERIFY =
        Key.of(
                "verify",
                Scalars.flag(),
                "`false` takes any certificate: for tries, never for production.")
            .standard("true")
            .example("false");
    static final Group GROUP = Group.of(CA, SERVER_NAME, VERIFY);
  }
}
