package dev.banyan.requests;

import dev.banyan.exchange.Headers.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// One line of JSON of an access log.
///
/// Keys are compared without case and without `_`, `-` and `.`, so `request_method`,
/// `RequestMethod` and `requestMethod` are one. Within each list the first key wins.
final class JsonLogLine {
  private static final List<String> METHOD =
      List.of("method", "requestmethod", "httpmethod", "httprequestmethod", "verb");
  private static final List<String> TARGET =
      List.of(
          "requesturi",
          "target",
          "requesttarget",
          "uri",
          "requesturl",
          "url",
          "httprequesturi",
          "requestpath",
          "path",
          "urlpath",
          "originalpath");
  private static final List<String> QUERY =
      List.of("query", "querystring", "args", "requestquery", "urlquery");
  private static final List<String> STATUS =
      List.of("status", "statuscode", "responsestatus", "responsecode", "downstreamstatus");
  private static final List<String> BODY = List.of("requestbody");

  /// Objects that hold the request's keys: Caddy's, Google's, Elastic's.
  private static final List<String> NESTED = List.of("request", "httprequest", "http", "url");

  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z][A-Z-]{1,31}) (\\S+)(?: HTTP/\\S+)?");

  private final Map<String, JsonNode> values = new HashMap<>();

  private JsonLogLine() {}

  /// Null where the line is no JSON object.
  static @Nullable LogLine read(String text) {
    try {
      JsonNode node = Json.MAPPER.readTree(text);
      if (!node.isObject()) {
        return null;
      }
      JsonLogLine line = new JsonLogLine();
      line.collect(node, 0);
      return line.line();
    } catch (JacksonException e) {
      return null;
    }
  }

  private void collect(JsonNode object, int depth) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String key = member.getKey().toLowerCase(Locale.ROOT).replaceAll("[_.-]", "");
      if (member.getValue().isObject() && NESTED.contains(key) && depth < 3) {
        collect(member.getValue(), depth + 1);
      } else {
        values.putIfAbsent(key, member.getValue());
      }
    }
  }

  private String text(List<String> keys) {
    for (String key : keys) {
      JsonNode value = values.get(key);
      if (value != null && value.isString() && !value.stringValue().isEmpty()) {
        return value.stringValue();
      }
    }
    return "";
  }

  private LogLine line() {
    String method = text(METHOD);
    String target = text(TARGET);
    Matcher request = REQUEST_LINE.matcher(text(List.of("request", "requestline")));
    if (request.matches()) {
      method = method.isEmpty() ? request.group(1) : method;
      target = request.group(2);
    }
    String query = text(QUERY);
    if (!query.isEmpty() && !query.equals("-") && target.indexOf('?') < 0) {
      target = target + (query.startsWith("?") ? "" : "?") + query;
    }
    String body = text(BODY);
    return new LogLine(
        method, target, status(), fields(), body.isEmpty() || body.equals("-") ? null : body);
  }

  private int status() {
    for (String key : STATUS) {
      JsonNode value = values.get(key);
      if (value != null && value.isInt()) {
        return value.intValue();
      }
    }
    return 0;
  }

  /// Caddy's `headers: { Name: [value] }`, without values that it blacked out; else what nginx is
  /// often told to log.
  private List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    JsonNode headers = values.get("headers");
    if (headers != null && headers.isObject()) {
      for (Map.Entry<String, JsonNode> header : headers.properties()) {
        for (JsonNode value :
            header.getValue().isArray() ? header.getValue() : List.<JsonNode>of()) {
          if (value.isString() && !value.stringValue().equals("REDACTED")) {
            fields.add(new Field(header.getKey(), value.stringValue()));
          }
        }
      }
    } else {
      add(fields, "User-Agent", List.of("httpuseragent", "useragent"));
      add(fields, "Referer", List.of("httpreferer", "referer", "httpreferrer", "referrer"));
      add(fields, "Content-Type", List.of("contenttype", "requestcontenttype"));
    }
    return fields;
  }

  private void add(List<Field> fields, String name, List<String> keys) {
    String value = text(keys);
    if (!value.isEmpty() && !value.equals("-")) {
      fields.add(new Field(name, value));
    }
  }
}
