package dev.banyan.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;

/// What the gateway listens on and what it bounds.
///
/// @param eventLoops threads that serve; each owns its clients and its connections to backends
/// @param requestLine bytes of the request line; 414 beyond
/// @param headerBlock bytes of all headers together; 431 beyond
/// @param clientIdle how long a connection may wait for its next request before it is closed
/// @param replayBytes bytes of a safe request's body that are held to send it again; a longer body
///   loses the retry and the safety net
/// @param drain how long requests under way may take to finish once the gateway is being closed
public record GatewayOptions(
    InetSocketAddress listen,
    int eventLoops,
    int requestLine,
    int headerBlock,
    Duration clientIdle,
    int replayBytes,
    Duration drain) {

  public static GatewayOptions on(InetSocketAddress listen, int eventLoops) {
    return new GatewayOptions(
        listen,
        eventLoops,
        8 * 1024,
        32 * 1024,
        Duration.ofSeconds(75),
        64 * 1024,
        Duration.ofSeconds(10));
  }
}
