package dev.banyan.bench.gateway;

import java.util.List;

/// One kind of traffic.
///
/// @param name its key in the JSON
/// @param path what is asked of the proxy
/// @param connections how many the load keeps open, or makes at one time
/// @param churn whether each request has a connection of its own
/// @param shadow whether each request goes to a second backend as well: with Banyan compared, with
///   nginx only mirrored
/// @param protocol of the front; behind the proxy it is HTTP/1.1 without TLS in any case
record Case(
    String name,
    String says,
    String path,
    int connections,
    boolean churn,
    boolean shadow,
    Protocol protocol) {

  /// What the load speaks with the proxy.
  enum Protocol {
    HTTP1,
    HTTP1_TLS,
    HTTP2_TLS;

    boolean secured() {
      return this != HTTP1;
    }
  }

  Case(String name, String says, String path, int connections, boolean churn, boolean shadow) {
    this(name, says, path, connections, churn, shadow, Protocol.HTTP1);
  }

  static final Case KEEPALIVE_300 =
      new Case("keepalive300", "keep-alive, 300 B", "/300", 32, false, false);
  static final Case SHADOW_300 =
      new Case("shadow300", "keep-alive, 300 B, every request shadowed", "/300", 32, false, true);

  static final List<Case> ALL =
      List.of(
          KEEPALIVE_300,
          new Case("keepalive8k", "keep-alive, 8 KiB", "/8k", 32, false, false),
          new Case("keepalive1m", "keep-alive, 1 MiB", "/1m", 8, false, false),
          new Case("churn", "a new connection per request, 300 B", "/300", 32, true, false),
          SHADOW_300,
          secured("tls300", "keep-alive, 300 B, TLS", 32, Protocol.HTTP1_TLS),
          secured("h2300", "HTTP/2 over TLS, 4 streams, 300 B", 8, Protocol.HTTP2_TLS));

  private static Case secured(String name, String says, int connections, Protocol protocol) {
    return new Case(name, says, "/300", connections, false, false, protocol);
  }

  /// Whether it is run when nobody asks for it by its name and time is short.
  boolean quick() {
    return !protocol.secured();
  }
}
