package dev.banyan.control;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says who may come in.
///
/// With a token, whoever sends it: as `Authorization: Bearer`, or as the cookie that the console's
/// login sets. Without one, everyone who reaches the loopback address; a browser can be made to do
/// that by any web page, so names that are not this machine's own (DNS rebinding) and origins other
/// than this server's (forged requests) are turned away.
///
/// Safe for use by many threads.
public final class Guard {
  /// The console's session cookie. Its value is derived from the token and does not disclose it.
  public static final String COOKIE = "banyan_session";

  private static final Pattern OWN_NAME =
      Pattern.compile(
          "(localhost|[\\w-]+\\.localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+])(:\\d+)?");

  private final byte @Nullable [] token;
  private final byte @Nullable [] session;

  public Guard(ControlOptions options) {
    String secret = options.token();
    token = secret == null ? null : secret.getBytes(StandardCharsets.UTF_8);
    session = secret == null ? null : derive(secret).getBytes(StandardCharsets.UTF_8);
  }

  /// Whether callers need a token at all.
  public boolean asksForToken() {
    return token != null;
  }

  /// The cookie's value for someone who has typed `given`, or nothing when it is not the token.
  public Optional<String> session(String given) {
    return sameAs(token, given) && session != null
        ? Optional.of(new String(session, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /// Whether the request carries the token in one of its forms, or none is asked for.
  public boolean knows(ServerRequestHeaders headers) {
    if (token == null) {
      return true;
    }
    String authorization = headers.value(HeaderNames.AUTHORIZATION).orElse("");
    if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return sameAs(token, authorization.substring(7).strip());
    }
    return headers.cookies().first(COOKIE).asOptional().filter(c -> sameAs(session, c)).isPresent();
  }

  /// Why a request is turned away whoever sends it, or nothing.
  Optional<Refusal> stranger(String method, Headers headers) {
    String host = headers.value(HeaderNames.HOST).orElse("");
    if (token == null && !OWN_NAME.matcher(host).matches()) {
      return Optional.of(
          Refusal.of(
              Refusal.Code.ORIGIN_REFUSED,
              "Host '"
                  + host
                  + "' is not a name of this machine's own: use localhost or an IP address, or set"
                  + " control.token"));
    }
    Optional<String> origin = headers.value(HeaderNames.ORIGIN);
    boolean changes = !method.equals("GET") && !method.equals("HEAD");
    if (changes && origin.isPresent() && !isAt(origin.get(), host)) {
      return Optional.of(
          Refusal.of(
              Refusal.Code.ORIGIN_REFUSED,
              "a page of '" + origin.get() + "' may not change anything here"));
    }
    return Optional.empty();
  }

  private static boolean isAt(String origin, String host) {
    return origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host);
  }

  /// Takes the same time whatever is given, so that the time tells nothing about the secret.
  private static boolean sameAs(byte @Nullable [] secret, String given) {
    return secret != null && MessageDigest.isEqual(secret, given.getBytes(StandardCharsets.UTF_8));
  }

  private static String derive(String secret) {
    try {
      byte[] text = ("banyan console session\n" + secret).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
