package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.GatewayOptions.Limits;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Limits as the tests want them: the defaults, but for those that are named. Times that are not
/// named are so long that they are never reached.
final class Bounds {
  private static final Duration LONG = Duration.ofMinutes(5);

  int requestLine = Limits.DEFAULTS.requestLine();
  int headerBlock = Limits.DEFAULTS.headerBlock();
  int headerCount = Limits.DEFAULTS.headerCount();
  long body;
  Duration idle = LONG;
  Duration headerTime = LONG;
  Duration bodyTime = LONG;
  Duration writeTime = LONG;
  int requestsPerConnection = Limits.DEFAULTS.requestsPerConnection();
  int streams = Limits.DEFAULTS.streams();
  int connections = Limits.DEFAULTS.connections();
  Duration drain = Limits.DEFAULTS.drain();
  int heldWrites = Limits.DEFAULTS.heldWrites();
  Duration holdTime = LONG;

  static UnaryOperator<GatewayOptions> of(Consumer<Bounds> change) {
    Bounds bounds = new Bounds();
    change.accept(bounds);
    return options -> options.with(bounds.limits());
  }

  Limits limits() {
    return new Limits(
        requestLine,
        headerBlock,
        headerCount,
        body,
        idle,
        headerTime,
        bodyTime,
        writeTime,
        requestsPerConnection,
        streams,
        connections,
        drain,
        heldWrites,
        holdTime);
  }
}
