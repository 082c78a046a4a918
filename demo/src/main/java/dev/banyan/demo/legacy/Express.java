package dev.banyan.demo.legacy;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The habits of the framework: routes tried in order, a slash at the end not minded, `HEAD`
/// answered by `GET`, a weak tag on every body.
final class Express {

  /// Answers one request whose path matched.
  interface Handler {
    Answer handle(Call call, Map<String, String> parameters) throws SQLException;
  }

  private record Layer(String method, List<String> pattern, Handler handler) {}

  private final List<Layer> layers = new ArrayList<>();

  void on(String method, String pattern, Handler handler) {
    layers.add(new Layer(method, List.of(pattern.substring(1).split("/")), handler));
  }

  Answer answer(Call call) throws SQLException {
    Answer answer = route(call).with("X-Powered-By", "Express").with("Vary", "Accept-Encoding");
    if (answer.body().isEmpty()) {
      return answer;
    }
    String tag = Answer.weakTag(answer.body());
    if (answer.status() == 200 && tag.equals(call.ifNoneMatch())) {
      Answer fresh = new Answer(304, answer.headers(), "");
      fresh.headers().remove("Content-Type");
      return fresh.with("ETag", tag);
    }
    return answer.with("ETag", tag);
  }

  private Answer route(Call call) throws SQLException {
    String path = call.path();
    if (path.length() > 1 && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    String method = call.method().equals("HEAD") ? "GET" : call.method();
    Set<String> allowed = new LinkedHashSet<>();
    for (Layer layer : layers) {
      Map<String, String> parameters = match(layer.pattern(), segments);
      if (parameters != null && layer.method().equals(method)) {
        return layer.handler().handle(call, parameters);
      }
      if (parameters != null) {
        allowed.add(layer.method());
      }
    }
    if (allowed.isEmpty()) {
      return error(404, "Not Found", "Cannot " + call.method() + " " + call.path());
    }
    String allow = String.join(", ", allowed);
    return call.method().equals("OPTIONS")
        ? Answer.empty(204).with("Allow", allow)
        : error(405, "Method Not Allowed", "Cannot " + call.method() + " " + call.path())
            .with("Allow", allow);
  }

  static Answer error(int status, String error, String message) {
    return Answer.json(status, Rows.stringify(Rows.object("error", error, "message", message)));
  }

  private static @Nullable Map<String, String> match(List<String> pattern, List<String> segments) {
    if (pattern.size() != segments.size()) {
      return null;
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      if (pattern.get(i).startsWith(":")) {
        parameters.put(pattern.get(i).substring(1), decodeComponent(segments.get(i)));
      } else if (!pattern.get(i).equals(segments.get(i))) {
        return null;
      }
    }
    return parameters;
  }

  private static String decodeComponent(String segment) {
    try {
      // URLDecoder is for forms, where a plus is a space; in a path it is a plus.
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return segment;
    }
  }
}
