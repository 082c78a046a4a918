package dev.banyan.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the gateway listens on, whom it trusts, and what it bounds.
///
/// @param eventLoops threads that serve; each owns its clients and its connections to backends
/// @param tls the certificate that clients are shown, or null where they speak plainly
/// @param trusted peers whose word on the way of a request is taken
/// @param replayBytes bytes of a safe request's body that are held to send it again; a longer body
///   loses the retry and the safety net
public record GatewayOptions(
    InetSocketAddress listen,
    int eventLoops,
    @Nullable FrontTls tls,
    TrustedProxies trusted,
    Limits limits,
    int replayBytes) {

  /// What clients may ask of the gateway. [Limit] says what happens beyond each.
  ///
  /// @param requestLine bytes
  /// @param headerBlock bytes of all fields together
  /// @param headerCount fields
  /// @param body bytes of a request's body, 0 for as many as come
  /// @param idle how long a connection may wait for its next request
  /// @param headerTime from a head's first byte to its last, and from a connection's start to the
  ///   end of its TLS handshake
  /// @param bodyTime how long a body may take beside what its bytes earn it
  /// @param writeTime how long a client may take nothing of what waits to be written to it
  /// @param requestsPerConnection requests, after which a connection is ended in order
  /// @param streams requests at one time on one connection of HTTP/2
  /// @param connections of clients at one time, all event loops together
  /// @param drain how long requests under way may take once the gateway is being closed
  /// @param heldWrites writes that are held back at one time, all event loops together
  /// @param holdTime how long each of them may be
  public record Limits(
      int requestLine,
      int headerBlock,
      int headerCount,
      long body,
      Duration idle,
      Duration headerTime,
      Duration bodyTime,
      Duration writeTime,
      int requestsPerConnection,
      int streams,
      int connections,
      Duration drain,
      int heldWrites,
      Duration holdTime) {
    public static final Limits DEFAULTS =
        new Limits(
            8 * 1024,
            32 * 1024,
            100,
            0,
            Duration.ofSeconds(75),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            10_000,
            100,
            10_000,
            Duration.ofSeconds(10),
            1_000,
            Duration.ofSeconds(5));
  }

  private static final int REPLAY = 64 * 1024;

  /// The defaults, without TLS.
  public static GatewayOptions on(InetSocketAddress listen, int eventLoops) {
    return new GatewayOptions(
        listen, eventLoops, null, TrustedProxies.NOBODY, Limits.DEFAULTS, REPLAY);
  }

  public GatewayOptions with(Limits others) {
    return new GatewayOptions(listen, eventLoops, tls, trusted, others, replayBytes);
  }

  public GatewayOptions with(@Nullable FrontTls other) {
    return new GatewayOptions(listen, eventLoops, other, trusted, limits, replayBytes);
  }

  public GatewayOptions trusting(TrustedProxies others) {
    return new GatewayOptions(listen, eventLoops, tls, others, limits, replayBytes);
  }
}
