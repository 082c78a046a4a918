package dev.banyan.transfer.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Addresses as MariaDB writes them.
final class Inet {
  private Inet() {}

  static String text(byte[] address) {
    if (address.length == 4) {
      return four(address, 0);
    }
    int[] groups =
        IntStream.range(0, 8)
            .map(i -> ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff))
            .toArray();
    int from = 0;
    int longest = 0;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > longest) {
        from = i;
        longest = end - i;
      }
    }
    if (from == 0 && (longest == 6 || (longest == 5 && groups[5] == 0xffff))) {
      return (longest == 6 ? "::" : "::ffff:") + four(address, 12);
    }
    if (longest < 2) {
      return joined(groups, 0, 8);
    }
    return joined(groups, 0, from) + "::" + joined(groups, from + longest, 8);
  }

  private static String joined(int[] groups, int from, int to) {
    List<String> parts = new ArrayList<>();
    for (int i = from; i < to; i++) {
      parts.add(Integer.toHexString(groups[i]));
    }
    return String.join(":", parts);
  }

  private static String four(byte[] address, int from) {
    return "%d.%d.%d.%d"
        .formatted(
            address[from] & 0xff,
            address[from + 1] & 0xff,
            address[from + 2] & 0xff,
            address[from + 3] & 0xff);
  }
}
