package dev.banyan.proxy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// A signed word that a client wrote to a family at a time, so that any process that has the key
/// can tell. `TIME.PROCESS.SIGNATURE`: milliseconds since 1970 in base 36, a word for the process
/// whose clock that was, and the first half of an HMAC-SHA256 over both and the family.
///
/// It gives nobody any right: the most that a stolen one does is to have reads go to the owner of
/// the data.
final class AfterToken {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SIGNED = 16;
  private static final int LONGEST = 64;
  private static final int RADIX = 36;

  /// What a token says.
  ///
  /// @param own whether it is of this process, by the same clock
  record Said(long millis, boolean own) {}

  private final Mac keyed;
  private final String process;

  /// @param key shared by all processes that serve the same clients
  /// @param process this one's word, of letters and digits
  AfterToken(byte[] key, String process) {
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
    this.process = process;
  }

  String make(String family, long millis) {
    String said = Long.toString(millis, RADIX) + '.' + process;
    return said + '.' + signature(family, said);
  }

  /// What a token says of a family, or null where it is none of it.
  @Nullable Said read(String family, CharSequence text) {
    if (text.length() > LONGEST) {
      return null;
    }
    String token = text.toString();
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first <= 0 || second < 0) {
      return null;
    }
    byte[] given = token.substring(second + 1).getBytes(StandardCharsets.UTF_8);
    byte[] right = signature(family, token.substring(0, second)).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, right)) {
      return null;
    }
    // What is signed was made here, and can be read.
    long millis = Long.parseLong(token.substring(0, first), RADIX);
    return new Said(millis, token.substring(first + 1, second).equals(process));
  }

  private String signature(String family, String said) {
    Mac mac;
    try {
      mac = (Mac) keyed.clone(); // one is not for many threads
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's own " + ALGORITHM + " can be copied", e);
    }
    byte[] whole = mac.doFinal((family + ' ' + said).getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, SIGNED));
  }
}
