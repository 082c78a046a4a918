package dev.banyan.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// The peers whose word on the way of a request is taken: load balancers in front of the gateway.
public record TrustedProxies(List<Network> networks) {
  public static final TrustedProxies NOBODY = new TrustedProxies(List.of());

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
