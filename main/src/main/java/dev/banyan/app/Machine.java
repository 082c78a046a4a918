package dev.banyan.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machine that this process runs on.
final class Machine {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  private Machine() {}

  /// @param unknown what to call one that does not know its own name, which is no reason to stop
  static String name(String unknown) {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      LOG.debug("this machine does not know its name", e);
      return unknown;
    }
  }
}
