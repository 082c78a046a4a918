package dev.banyan.control;

import dev.banyan.access.Secrets;
import dev.banyan.access.Tokens;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.ServerRequestHeaders;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says who may come in, and as what.
///
/// With a token, whoever sends it: as `Authorization: Bearer`, or as the cookie that the console's
/// login sets. The configuration's token makes an admin; every other one has its own role. Where
/// there is no token of either kind, everyone who reaches the loopback address is an admin; a
/// browser can be made to do that by any web page, so names that are not this machine's own (DNS
/// rebinding) and origins other than this server's (forged requests) are turned away.
///
/// Safe for use by many threads.
public final class Guard {
  /// The console's session cookie. Its value is derived from the token and does not disclose it.
  public static final String COOKIE = "banyan_session";

  private static final Pattern OWN_NAME =
      Pattern.compile(
          "(localhost|[\\w-]+\\.localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+])(:\\d+)?");

  private final @Nullable String session;
  private final @Nullable Tokens tokens;

  /// One that knows the configuration's token only.
  public Guard(ControlOptions options) {
    this(options, null);
  }

  /// @param tokens those made by command, or null for none
  public Guard(ControlOptions options, @Nullable Tokens tokens) {
    String secret = options.token();
    this.session = secret == null ? null : Secrets.session(secret);
    this.tokens = tokens;
  }

  /// Whether callers need a token at all.
  public boolean asksForToken() {
    return session != null || (tokens != null && tokens.needed());
  }

  /// The cookie's value for someone who has typed `given`, or nothing when it is no token.
  public Optional<String> session(String given) {
    String candidate = Secrets.session(given);
    return bySession(candidate).map(caller -> candidate);
  }

  /// Whoever sends a request with these headers, or nothing when a token is asked for and it
  /// carries none that holds.
  public Optional<Caller> caller(ServerRequestHeaders headers) {
    if (!asksForToken()) {
      return Optional.of(Caller.OWNER);
    }
    String authorization = headers.value(HeaderNames.AUTHORIZATION).orElse("");
    if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return bySession(Secrets.session(authorization.substring(7).strip()));
    }
    return headers.cookies().first(COOKIE).asOptional().flatMap(this::bySession);
  }

  /// Both kinds of token go the same way, so that the time tells nothing about either.
  private Optional<Caller> bySession(String given) {
    boolean owner = session != null && Secrets.same(session, given);
    Optional<Caller> named =
        tokens == null ? Optional.empty() : tokens.bySession(given).map(Caller::of);
    return owner ? Optional.of(Caller.OWNER) : named;
  }

  /// Why a request is turned away whoever sends it, or nothing.
  Optional<Refusal> stranger(String method, Headers headers) {
    String host = headers.value(HeaderNames.HOST).orElse("");
    if (!asksForToken() && !OWN_NAME.matcher(host).matches()) {
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
}
