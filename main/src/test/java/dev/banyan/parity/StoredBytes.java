package dev.banyan.parity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Looks for secrets in whatever was written to disk: as they are, in any case, escaped for JSON or
/// HTML, percent-encoded, in hexadecimal, in base64 at each of its three alignments, in UTF-16, and
/// in what compressed or base64 pieces of the files hold.
public final class StoredBytes {
  private static final int GRAM = 6;
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{24,}");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Needle(String secret, String form, byte[] bytes) {}

  private final Map<Long, List<Needle>> needles = new HashMap<>();
  private final boolean[] seen = new boolean[1 << 20];

  /// @param secrets of at least six letters or digits each
  public StoredBytes(Collection<String> secrets) {
    for (String secret : secrets) {
      byte[] plain = secret.getBytes(StandardCharsets.UTF_8);
      add(secret, "plain", secret);
      add(secret, "percent-encoded", URLEncoder.encode(secret, StandardCharsets.UTF_8));
      add(secret, "escaped", escaped(secret, "\\u%04x"));
      add(secret, "escaped for HTML", escaped(secret, "&#%d;"));
      add(secret, "hexadecimal", HexFormat.of().formatHex(plain));
      add(secret, "UTF-16", plain.length, secret.getBytes(StandardCharsets.UTF_16LE));
      for (int before = 0; before < 3; before++) {
        byte[] shifted = new byte[before + plain.length];
        System.arraycopy(plain, 0, shifted, before, plain.length);
        int whole = shifted.length - shifted.length % 3;
        int from = before == 0 ? 0 : 4;
        String text = Base64.getEncoder().encodeToString(shifted).substring(from, whole / 3 * 4);
        add(secret, "base64", text);
        add(secret, "base64", text.replace('+', '-').replace('/', '_'));
      }
    }
  }

  private static String escaped(String secret, String escape) {
    StringBuilder escaped = new StringBuilder();
    secret
        .chars()
        .forEach(c -> escaped.append(c < 0x80 ? "" + (char) c : String.format(escape, c)));
    return escaped.toString();
  }

  private void add(String secret, String form, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(secret, form, bytes.length, bytes);
  }

  private void add(String secret, String form, int length, byte[] bytes) {
    if (length < GRAM && !form.equals("plain")) {
      // of a short secret, the middle of its base64 is: the other alignments are looked for
      return;
    }
    if (length < GRAM) {
      throw new IllegalArgumentException("too short to be told from chance: " + secret);
    }
    byte[] lower = lower(bytes);
    long gram = gram(lower, 0);
    seen[slot(gram)] = true;
    needles.computeIfAbsent(gram, _ -> new ArrayList<>()).add(new Needle(secret, form, lower));
  }

  private static byte[] lower(byte[] bytes) {
    byte[] lower = bytes.clone();
    for (int i = 0; i < lower.length; i++) {
      lower[i] = lower[i] >= 'A' && lower[i] <= 'Z' ? (byte) (lower[i] + 32) : lower[i];
    }
    return lower;
  }

  private static long gram(byte[] bytes, int at) {
    long gram = 0;
    for (int i = at; i < at + GRAM; i++) {
      gram = gram << 8 | (bytes[i] & 0xff);
    }
    return gram;
  }

  private static int slot(long gram) {
    return (int) ((gram * 0x9fb21c651e98df25L) >>> 44);
  }

  /// Every secret found below a directory: its file, its form and itself.
  public List<String> found(Path directory) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        String name = String.valueOf(file.getFileName());
        look(name, bytes, found);
        unpack(name, bytes, found);
      }
    }
    return found;
  }

  /// Secrets in some bytes.
  public List<String> found(byte[] bytes) {
    List<String> found = new ArrayList<>();
    look("bytes", bytes, found);
    unpack("bytes", bytes, found);
    return found;
  }

  private void look(String name, byte[] bytes, List<String> found) {
    byte[] lower = lower(bytes);
    for (int at = 0; at + GRAM <= lower.length; at++) {
      long gram = gram(lower, at);
      if (seen[slot(gram)]) {
        for (Needle needle : needles.getOrDefault(gram, List.of())) {
          if (startsWith(lower, at, needle.bytes())) {
            found.add(name + ": " + needle.form() + " " + needle.secret().toLowerCase(Locale.ROOT));
          }
        }
      }
    }
  }

  private static boolean startsWith(byte[] bytes, int at, byte[] needle) {
    int i = 0;
    while (i < needle.length && at + i < bytes.length && bytes[at + i] == needle[i]) {
      i++;
    }
    return i == needle.length;
  }

  private void unpack(String name, byte[] bytes, List<String> found) {
    for (int at = 0; at + 2 < bytes.length; at++) {
      if (bytes[at] == 0x1f && bytes[at + 1] == (byte) 0x8b && bytes[at + 2] == 8) {
        look(name + " unzipped", gunzip(bytes, at), found);
      }
    }
    Matcher texts = BASE64.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (texts.find()) {
      String text = texts.group().replace('-', '+').replace('_', '/');
      byte[] decoded = Base64.getDecoder().decode(text.substring(0, text.length() / 4 * 4));
      look(name + " decoded", decoded, found);
      if (decoded[0] == 0x1f && decoded[1] == (byte) 0x8b) {
        look(name + " decoded and unzipped", gunzip(decoded, 0), found);
      }
    }
  }

  /// As far as it can be unpacked.
  private static byte[] gunzip(byte[] bytes, int at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(bytes, at, bytes.length - at))) {
      in.transferTo(out);
    } catch (IOException e) {
      // not all of it is compressed: what came out is looked at
      return out.toByteArray();
    }
    return out.toByteArray();
  }
}
