package dev.banyan.console;

import com.samskivert.mustache.Template;
import dev.banyan.control.Guard;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Exchanges the token for a cookie that scripts can not read and foreign pages can not send.
final class Login {
  private static final int FORM_LIMIT = 4096;
  private static final String COOKIE = "; Path=/; HttpOnly; SameSite=Strict";

  private final Guard guard;
  private final Template form = Console.template("login.html");

  Login(Guard guard) {
    this.guard = guard;
  }

  void form(ServerRequest request, ServerResponse response) {
    if (guard.caller(request.headers()).isPresent()) {
      Console.redirect(response, "/");
    } else {
      Console.html(response, form, Map.of("wrong", false));
    }
  }

  void enter(ServerRequest request, ServerResponse response) throws IOException {
    Optional<String> session = guard.session(token(request));
    if (session.isPresent()) {
      response.header(HeaderNames.SET_COOKIE, Guard.COOKIE + "=" + session.get() + COOKIE);
      Console.redirect(response, "/");
    } else {
      response.status(401);
      Console.html(response, form, Map.of("wrong", true));
    }
  }

  void leave(ServerRequest request, ServerResponse response) {
    response.header(HeaderNames.SET_COOKIE, Guard.COOKIE + "=" + COOKIE + "; Max-Age=0");
    Console.redirect(response, "/login");
  }

  /// The form's one field; what is longer than any token is cut and will not be the token.
  private static String token(ServerRequest request) throws IOException {
    if (!request.content().hasEntity()) {
      return "";
    }
    try (InputStream in = request.content().inputStream()) {
      String text = new String(in.readNBytes(FORM_LIMIT), StandardCharsets.UTF_8);
      if (!text.startsWith("token=")) {
        return "";
      }
      return URLDecoder.decode(text.substring("token=".length()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ""; // not URL-encoded, so no browser's form
    }
  }
}
