package dev.banyan.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where to listen: `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`. Port 0 takes any free port.
///
/// @param host a name or an address, an IPv6 address without its brackets
public record HostPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})");
  private static final int HIGHEST_PORT = 65_535;

  public HostPort {
    if (host.isEmpty() || port < 0 || port > HIGHEST_PORT) {
      throw new IllegalArgumentException("not a host and a port: '" + host + "', " + port);
    }
  }

  /// Reads `host:port`.
  ///
  /// @throws IllegalArgumentException with a message for users
  public static HostPort parse(String text) {
    Matcher match = FORM.matcher(text);
    if (match.matches() && Integer.parseInt(match.group(3)) <= HIGHEST_PORT) {
      String bracketed = match.group(1);
      String host = bracketed == null ? match.group(2) : bracketed;
      return new HostPort(host, Integer.parseInt(match.group(3)));
    }
    throw new IllegalArgumentException("'" + text + "' is not a host and a port");
  }

  /// Whether only this machine can reach it, judged by the text alone: no name is looked up.
  public boolean loopback() {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("::1")
        || host.equals("0:0:0:0:0:0:0:1");
  }

  /// Whether both cannot be listened on by one process.
  boolean collidesWith(HostPort other) {
    return port != 0 && port == other.port && (host.equals(other.host) || wide() || other.wide());
  }

  private boolean wide() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /// As it is written: `[::1]:80`.
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
