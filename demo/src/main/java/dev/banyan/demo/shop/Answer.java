package dev.banyan.demo.shop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// One answer. Its headers keep their order; an empty body is none.
public record Answer(int status, Map<String, String> headers, String body) {
  public static final String JSON = "application/json; charset=utf-8";

  public Answer {
    headers = new LinkedHashMap<>(headers);
  }

  /// An answer with a JSON body.
  public static Answer json(int status, String body) {
    return new Answer(status, Map.of("Content-Type", JSON), body);
  }

  /// An answer without a body.
  public static Answer empty(int status) {
    return new Answer(status, Map.of(), "");
  }

  /// The same answer with one header more.
  public Answer with(String name, String value) {
    Answer answer = new Answer(status, headers, body);
    answer.headers.put(name, value);
    return answer;
  }

  /// A weak entity tag that follows the body: its length and a digest, as Express makes them.
  public static String weakTag(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(bytes);
      String text = Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, 20));
      return "W/\"" + Integer.toHexString(bytes.length) + "-" + text + "\"";
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java has SHA-1", absent);
    }
  }
}
