package dev.banyan.proxy.transport;

/// How many tunnels one event loop has open. Used by that loop alone.
final class Tunnels {
  private int open;

  void opened() {
    open++;
  }

  void closed() {
    open--;
  }

  int open() {
    return open;
  }
}
