package dev.banyan.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The peers whose word on the way of a request is taken: load balancers in front of the gateway.
public record TrustedProxies(List<Network> networks) {
  public static final TrustedProxies NOBODY = new TrustedProxies(List.of());

  private static final Pattern FOUR =
      Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3})(?::[0-9]{1,5})?");
  private static final Pattern SIX = Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})](?::[0-9]{1,5})?");
  private static final Pattern BARE_SIX = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]{1,45}");

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /// The client's address behind a trusted peer: the last one in `X-Forwarded-For` that is no
  /// trusted proxy itself. Each proxy appends who spoke to it, so that whatever a client wrote
  /// there stands before its own address, and is not reached.
  ///
  /// What is no address was not written by a proxy that can be relied on: then it is the address
  /// after it.
  ///
  /// @param fields the values of all the fields, in order
  /// @param peer who speaks to the gateway
  public String clientBehind(List<String> fields, String peer) {
    String nearest = peer;
    for (int field = fields.size() - 1; field >= 0; field--) {
      String entries = fields.get(field);
      int end = entries.length();
      while (end >= 0) {
        int comma = entries.lastIndexOf(',', end - 1);
        InetAddress address = address(entries.substring(comma + 1, end).strip());
        if (address == null) {
          return nearest;
        }
        nearest = address.getHostAddress();
        if (!contains(address)) {
          return nearest;
        }
        end = comma;
      }
    }
    return nearest;
  }

  /// An address as proxies write it: some add the port, and IPv6 may stand in brackets.
  private static @Nullable InetAddress address(String entry) {
    Matcher four = FOUR.matcher(entry);
    Matcher six = SIX.matcher(entry);
    String literal = four.matches() ? four.group(1) : six.matches() ? six.group(1) : entry;
    boolean known = four.matches() || BARE_SIX.matcher(literal).matches();
    try {
      return known ? InetAddress.ofLiteral(literal) : null;
    } catch (IllegalArgumentException e) {
      return null; // it looked like one
    }
  }

  /// An address with the number of its leading bits that count: `10.0.0.0/8`, `::1`.
  public record Network(List<Byte> address, int bits) {
    public Network {
      address = List.copyOf(address);
    }

    /// Reads an address, with or without `/bits`.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static Network parse(String text) {
      int slash = text.indexOf('/');
      String host = slash < 0 ? text : text.substring(0, slash);
      if (!host.matches("[0-9A-Fa-f:.]+") || host.chars().noneMatch(c -> c == ':' || c == '.')) {
        throw new IllegalArgumentException("'" + text + "' is no address");
      }
      byte[] bytes;
      try {
        bytes = InetAddress.getByName(host).getAddress();
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("'" + text + "' is no address", e);
      }
      int most = bytes.length * Byte.SIZE;
      String bits = slash < 0 ? String.valueOf(most) : text.substring(slash + 1);
      if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
        throw new IllegalArgumentException("'" + text + "' has not 0 to " + most + " bits");
      }
      return new Network(boxed(bytes), Integer.parseInt(bits));
    }

    private static List<Byte> boxed(byte[] bytes) {
      Byte[] boxed = new Byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        boxed[i] = bytes[i];
      }
      return List.of(boxed);
    }

    boolean contains(byte[] other) {
      if (other.length != address.size()) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % Byte.SIZE);
        if ((other[bit / Byte.SIZE] & mask) != (address.get(bit / Byte.SIZE) & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
