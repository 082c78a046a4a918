package dev.banyan.shadow;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The `Idempotency-Key` of a write's copy: base64url of HMAC-SHA-256 over the exchange's id and
/// its route. The same however often the copy is sent.
///
/// A client's own key never leaves for a second service: it is the client's word to the one that it
/// knows. It goes into the copy's key instead of the exchange's id, so that a client's repetition
/// is one for the sandbox as well. May be used from any thread.
public final class IdempotencyKeys {
  public static final String HEADER = "Idempotency-Key";

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /// @param key secret: whoever has it can tell the key of an exchange
  public IdempotencyKeys(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  public String of(String exchangeId, Endpoint route, Request request) {
    Headers headers = request.headers();
    String seed = headers.first(HEADER).map(own -> "key " + own).orElse("id " + exchangeId);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      byte[] sum = mac.doFinal((seed + "\n" + route).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
