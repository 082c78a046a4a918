package dev.banyan.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/// What is shown, what is sent and what is kept of a secret.
///
/// From the secret comes the session, which the console's cookie carries; from the session comes
/// the hash, which is kept. Each step is SHA-256 and can not be gone back: whoever reads the store
/// can neither call the API nor forge a session, and whoever reads a cookie does not have the
/// token. A secret of 256 random bits needs no salt and no slow hash.
public final class Secrets {
  static final int BYTES = 32;

  private static final String PREFIX = "banyan_";

  private Secrets() {}

  /// The text of a new secret.
  static String text(byte[] random) {
    if (random.length != BYTES) {
      throw new IllegalArgumentException("a secret has " + BYTES + " random bytes");
    }
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /// What the cookie carries for a secret.
  public static String session(String secret) {
    return sha256("banyan console session\n" + secret);
  }

  /// What is kept for a session.
  public static String hash(String session) {
    return sha256(session);
  }

  /// Compares in a time that tells nothing about either.
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
