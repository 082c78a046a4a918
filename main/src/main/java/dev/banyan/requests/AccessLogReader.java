package dev.banyan.requests;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import dev.banyan.exchange.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads access logs: lines with the request line in quotes, as nginx, Apache and HAProxy write
/// them, or lines of JSON, as Banyan, Caddy, Traefik and nginx write them.
///
/// A log tells neither bodies nor answers, so a POST, PUT or PATCH of which it has no body is
/// skipped, and no request has a recorded answer.
final class AccessLogReader implements FormatReader {
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z][A-Z-]{1,31}) (\\S+)(?: HTTP/\\d(?:\\.\\d)?)?");
  private static final Pattern STATUS_BEHIND = Pattern.compile("\" (\\d{3}) ");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9A-Fa-f]{2})|(.))");

  /// More than any usual log has.
  private static final int MOST_QUOTED = 64;

  private final RequestFile file;
  private long readable;
  private long lines;

  AccessLogReader(RequestFile file) {
    this.file = file;
  }

  /// Whether a line could be one of an access log.
  static boolean recognizes(String line) {
    if (line.startsWith("{")) {
      LogLine found = JsonLogLine.read(line);
      return found != null && found.hasRequest();
    }
    LogLine found = quoted(line);
    return found != null && found.hasRequest();
  }

  @Override
  public void read(RequestSink sink) throws IOException, RequestFileException {
    try (InputStream in = file.open()) {
      Lines source = new Lines(in);
      while (source.next()) {
        String place = file.name() + ":" + source.number();
        LogLine line = null;
        if (!source.tooLong()) {
          String text = source.latin();
          if (text.isBlank() || text.startsWith("#")) {
            continue;
          }
          line =
              text.startsWith("{")
                  ? source.utf8().map(JsonLogLine::read).orElse(null)
                  : quoted(text);
        }
        lines++;
        if (line == null) {
          sink.skipped(place, "unreadable-line");
        } else {
          readable++;
          hand(line, place, sink);
        }
      }
    }
    if (lines > 0 && readable == 0) {
      throw file.fault(
          "line 1 and on",
          "no line is one of an access log that can be read; allowed: the request line in quotes"
              + " (\"GET /path HTTP/1.1\"), or one JSON object a line, up to "
              + Limits.LINE
              + " bytes; name the right format");
    }
  }

  /// Null where the line is none of a log. A line of a log may tell no request: the server could
  /// not read one.
  private static @Nullable LogLine quoted(String line) {
    List<String> quoted = inQuotes(line);
    int request = 0;
    while (request < quoted.size() && !REQUEST_LINE.matcher(quoted.get(request)).matches()) {
      request++;
    }
    if (request == quoted.size()) {
      return STATUS_BEHIND.matcher(line).find() ? LogLine.NONE : null;
    }
    Matcher words = REQUEST_LINE.matcher(quoted.get(request));
    if (!words.matches()) {
      return null;
    }
    List<Field> fields = new ArrayList<>();
    addField(fields, "Referer", quoted, request + 1);
    addField(fields, "User-Agent", quoted, request + 2);
    Matcher status = STATUS_BEHIND.matcher(line);
    return new LogLine(
        words.group(1),
        unescaped(words.group(2)),
        status.find() ? Integer.parseInt(status.group(1)) : 0,
        fields,
        null);
  }

  /// What stands in quotes; `\"` and `\x22` are escapes of Apache and nginx. By hand: a pattern
  /// with a choice in a loop takes stack for each character.
  private static List<String> inQuotes(String line) {
    List<String> quoted = new ArrayList<>();
    int from = line.indexOf('"');
    while (from >= 0 && quoted.size() < MOST_QUOTED) {
      int to = from + 1;
      while (to < line.length() && line.charAt(to) != '"') {
        to += line.charAt(to) == '\\' ? 2 : 1;
      }
      if (to >= line.length()) {
        return quoted;
      }
      quoted.add(line.substring(from + 1, to));
      from = line.indexOf('"', to + 1);
    }
    return quoted;
  }

  private static void addField(List<Field> fields, String name, List<String> quoted, int index) {
    if (index < quoted.size() && !quoted.get(index).equals("-") && !quoted.get(index).isEmpty()) {
      String value = unescaped(quoted.get(index));
      if (value.chars().noneMatch(c -> c < ' ')) {
        fields.add(new Field(name, value));
      }
    }
  }

  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return utf8OfLatin(text);
    }
    String latin =
        ESCAPE
            .matcher(text)
            .replaceAll(found -> {
              String code = found.group(1);
              String plain =
                  code == null
                      ? String.valueOf(found.group(2))
                      : String.valueOf((char) Integer.parseInt(code, 16));
              return Matcher.quoteReplacement(plain);
            });
    return utf8OfLatin(latin);
  }

  private static String utf8OfLatin(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static void hand(LogLine line, String place, RequestSink sink) {
    String target = Syntax.target(line.target());
    Headers headers = Syntax.endToEnd(line.fields());
    byte[] body = line.body() == null ? new byte[0] : line.body().getBytes(StandardCharsets.UTF_8);
    if (!Syntax.isToken(line.method())) {
      sink.skipped(place, "no-method");
    } else if (line.status() == 101 || Syntax.isTunnel(line.method(), line.fields())) {
      sink.skipped(place, "tunnel");
    } else if (target == null) {
      sink.skipped(place, "no-path");
    } else if (target.length() > Limits.HEAD) {
      sink.skipped(place, "head-too-large");
    } else if (!Syntax.sendable(headers)) {
      sink.skipped(place, "bad-header");
    } else if (body.length == 0 && Syntax.usuallyHasBody(line.method())) {
      sink.skipped(place, "no-body-recorded");
    } else {
      Request request = new Request(line.method(), target, headers, Body.of(body));
      sink.request(new RecordedRequest(place, request, null));
    }
  }
}
