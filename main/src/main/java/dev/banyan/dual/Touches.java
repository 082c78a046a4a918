package dev.banyan.dual;

import dev.banyan.exchange.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which keys a write touches, read from the request by declared rules. A key is the rule, `=` and
/// the value: `path:id=42`.
///
/// Each rule that finds something gives one key. Where none does, the write may touch anything: the
/// whole family.
public final class Touches {
  private static final Pattern PATH = Pattern.compile("path:[A-Za-z_][A-Za-z0-9_-]*");
  private static final Pattern BODY = Pattern.compile("body:\\$(\\.[A-Za-z_][A-Za-z0-9_-]*)+");
  private static final Set<String> WHOLE = Set.of(DirtyKeys.WHOLE);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The longest key that is kept by name; a longer one means the whole family.
  private static final int LONGEST = 200;

  private final List<String> rules;

  public Touches(List<String> rules) {
    this.rules = List.copyOf(rules);
  }

  /// Whether text is a rule: `path:NAME` for a variable of the route, or `body:$.a.b` for a member
  /// of a JSON body.
  public static boolean isRule(String text) {
    return PATH.matcher(text).matches() || BODY.matcher(text).matches();
  }

  public List<String> rules() {
    return rules;
  }

  /// The keys that a request touches; never empty.
  ///
  /// @param template of its route, such as `/users/{id}`
  public Set<String> of(String template, Request request) {
    Set<String> keys = new LinkedHashSet<>();
    JsonNode body = null;
    for (String rule : rules) {
      String value;
      if (rule.startsWith("path:")) {
        value = variable(template, request.target(), rule.substring("path:".length()));
      } else {
        body = body == null ? json(request) : body;
        value = member(body, rule.substring("body:$.".length()));
      }
      if (value != null) {
        keys.add(rule + "=" + value);
      }
    }
    return keys.isEmpty() || !keys.stream().allMatch(Touches::canBeKept) ? WHOLE : keys;
  }

  /// No database keeps every character.
  private static boolean canBeKept(String key) {
    return key.length() <= LONGEST
        && key.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c));
  }

  private static @Nullable String variable(String template, String target, String name) {
    int mark = target.indexOf('?');
    String[] path = (mark < 0 ? target : target.substring(0, mark)).split("/", -1);
    String[] parts = template.split("/", -1);
    for (int i = 0; i < parts.length && i < path.length; i++) {
      if (parts[i].equals("{" + name + "}")) {
        return decoded(path[i]);
      }
    }
    return null;
  }

  private static @Nullable String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null; // nobody knows which row that means
    }
  }

  private static JsonNode json(Request request) {
    try {
      return JSON.readTree(request.body().toByteArray());
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  private static @Nullable String member(JsonNode body, String path) {
    JsonNode at = body;
    for (String name : path.split("\\.", -1)) {
      at = at.path(name);
    }
    return at.isValueNode() && !at.isNull() ? at.asString() : null;
  }

  /// The rules in words, for messages.
  @Override
  public String toString() {
    return rules.isEmpty() ? "the whole family" : String.join(", ", new ArrayList<>(rules));
  }
}
