package dev.banyan.compare;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.parity.Leaves;
import dev.banyan.parity.Leaves.Leaf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fills `{{users.id}}` with what one side has answered: the field `id` of its last successful
/// answer to a write at a path whose last fixed word is `users`. Bounded; used by one thread.
final class Placeholders {
  private static final int WORDS = 1_000;
  private static final int LEAVES = 200;
  private static final Pattern FORM =
      Pattern.compile("\\{\\{\\s*([^{}.\\s]{1,100})\\.([^{}\\s]{1,200})\\s*}}");

  private final Map<String, Map<String, String>> answers = new Bounded<>(WORDS);

  void learn(String target, Response answer) {
    Map<String, String> fields = new HashMap<>();
    for (Leaf leaf : Leaves.of(answer, LEAVES)) {
      fields.putIfAbsent(leaf.path().replaceFirst("^\\$\\.?", ""), leaf.text());
    }
    for (Leaf leaf : Leaves.of(answer, LEAVES)) {
      fields.putIfAbsent(leaf.name(), leaf.text());
    }
    String last = Captures.lastSegment(answer);
    if (!last.isEmpty()) {
      fields.putIfAbsent("id", last);
    }
    // A 204 says nothing of the thing, so what was answered before still holds.
    if (!fields.isEmpty()) {
      answers.put(word(target), fields);
    }
  }

  private static String word(String target) {
    List<String> segments = Words.segments(target);
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (!segments.get(i).isEmpty() && !Words.varies(segments.get(i))) {
        return segments.get(i).toLowerCase(Locale.ROOT);
      }
    }
    return "";
  }

  static boolean has(Request request) {
    return request.target().contains("{{")
        || request.headers().fields().stream().anyMatch(field -> field.value().contains("{{"))
        || text(request.body()).contains("{{");
  }

  /// The request with every placeholder filled, or nothing where one has no value yet.
  Optional<Request> fill(Request request) {
    if (!has(request)) {
      return Optional.of(request);
    }
    String target = filled(request.target(), false);
    List<Headers.Field> fields = new ArrayList<>();
    for (Headers.Field field : request.headers().fields()) {
      String value = filled(field.value(), false);
      if (value == null) {
        return Optional.empty();
      }
      fields.add(new Headers.Field(field.name(), value));
    }
    String body = filled(text(request.body()), true);
    if (target == null || body == null) {
      return Optional.empty();
    }
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return Optional.of(new Request(request.method(), target, new Headers(fields), Body.of(bytes)));
  }

  /// One character for each byte, so that what is no text stays as it is.
  private static String text(Body body) {
    return new String(body.toByteArray(), StandardCharsets.ISO_8859_1);
  }

  /// @param bytes whether each character of the text stands for a byte
  private @Nullable String filled(String text, boolean bytes) {
    Matcher matcher = FORM.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      Map<String, String> fields = answers.get(matcher.group(1).toLowerCase(Locale.ROOT));
      String value = fields == null ? null : fields.get(matcher.group(2));
      if (value == null) {
        return null;
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(bytes ? bytes(value) : value));
    }
    return matcher.appendTail(filled).toString();
  }

  private static String bytes(String value) {
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
