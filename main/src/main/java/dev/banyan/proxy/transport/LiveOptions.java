package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.TrustedProxies;

/// The gateway's options in force, of which some may change while it runs. Any thread may ask; one
/// at a time may change.
final class LiveOptions {
  private volatile GatewayOptions current;

  LiveOptions(GatewayOptions first) {
    this.current = first;
  }

  GatewayOptions current() {
    return current;
  }

  void adopt(TrustedProxies trusted, GatewayOptions.Limits limits) {
    current = current.trusting(trusted).with(limits);
  }
}
