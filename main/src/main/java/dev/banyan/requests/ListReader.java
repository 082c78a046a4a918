package dev.banyan.requests;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import dev.banyan.exchange.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads plain lists of requests, written by hand.
///
/// ```
/// list    = { blank | comment | request }
/// comment = '#' and anything, where a request or a header could stand
/// request = METHOD ' ' target [ ' HTTP/1.1' ]      one line; the target begins with a slash
///           { Name ': ' value }                    a line each, indented or not
///           [ '@' file | json ]
/// file    = a path below the list's own folder; its bytes are the body
/// json    = lines up to a blank one or the end, the first begins with '{' or '['
/// ```
///
/// One blank line may stand between the head and a body. A body without a `Content-Type` is given
/// one: by the ending of its file, `application/json` where it is written in the list. Since people
/// write these files, the first line that is not understood ends the reading.
final class ListReader implements FormatReader {
  private static final Pattern REQUEST =
      Pattern.compile("([A-Z][A-Z-]{0,31})[ \\t]+(\\S+)(?:[ \\t]+HTTP/\\d(?:\\.\\d)?)?[ \\t]*");
  private static final Pattern FIELD =
      Pattern.compile("[ \\t]*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):[ \\t]*(.*?)[ \\t]*");
  private static final String HINT =
      "; allowed: METHOD /path, below it Name: value lines, below them @file or JSON; # begins a"
          + " comment";

  private final RequestFile file;
  private @Nullable Draft draft;

  /// Whether a blank line ended the head, behind which only a body may come.
  private boolean blankBefore;

  ListReader(RequestFile file) {
    this.file = file;
  }

  /// Whether a line could begin a list.
  static boolean begins(String line) {
    Matcher match = REQUEST.matcher(line);
    return match.matches() && match.group(2).startsWith("/");
  }

  /// A request whose end was not met yet.
  private static final class Draft {
    private final long line;
    private final String method;
    private final String target;
    private final List<Field> fields = new ArrayList<>();
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private @Nullable Body content;
    private String contentType = "application/json";

    Draft(long line, String method, String target) {
      this.line = line;
      this.method = method;
      this.target = target;
    }
  }

  @Override
  public void read(RequestSink sink) throws IOException, RequestFileException {
    try (InputStream in = file.open()) {
      Lines lines = new Lines(in);
      while (lines.next()) {
        String place = "line " + lines.number();
        if (lines.tooLong()) {
          finish(sink);
          throw file.fault(
              place, "longer than " + Limits.LINE + " bytes; put a long body into a file: @file");
        }
        String text = lines.utf8().orElse(null);
        if (text == null) {
          finish(sink);
          throw file.fault(place, "not UTF-8 text; save the list as UTF-8");
        }
        line(text, lines.number(), sink);
      }
      finish(sink);
    }
  }

  private void line(String text, long number, RequestSink sink) throws RequestFileException {
    Draft open = draft;
    if (open != null && open.json.size() > 0) {
      if (text.isBlank()) {
        finish(sink);
      } else {
        append(open, text, number);
      }
    } else if (text.isBlank()) {
      blank(sink);
    } else if (text.stripLeading().startsWith("#")) {
      return;
    } else if (begins(text)) {
      finish(sink);
      begin(text, number);
    } else if (open != null && open.content == null && body(open, text.strip(), number)) {
      return;
    } else {
      field(open, text, number, sink);
    }
  }

  private void blank(RequestSink sink) {
    if (blankBefore) {
      finish(sink);
    }
    blankBefore = draft != null;
  }

  private void begin(String text, long number) throws RequestFileException {
    Matcher match = REQUEST.matcher(text);
    String target = match.matches() ? Syntax.target(match.group(2)) : null;
    if (target == null || match.group(1).equals("CONNECT")) {
      throw file.fault("line " + number, "this can not be asked for: '" + shown(text) + "'" + HINT);
    }
    draft = new Draft(number, match.group(1), target);
    blankBefore = false;
  }

  /// Whether the line is or begins a body.
  private boolean body(Draft open, String text, long number) throws RequestFileException {
    if (text.startsWith("@")) {
      BodyFile named = BodyFile.beside(file, text.substring(1).strip(), "line " + number);
      open.content = named.content();
      open.contentType = named.contentType();
      return true;
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      append(open, text, number);
      return true;
    }
    return false;
  }

  private void append(Draft open, String text, long number) throws RequestFileException {
    if (open.json.size() > 0) {
      open.json.write('\n');
    }
    open.json.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    if (open.json.size() > Limits.BODY) {
      throw file.fault(
          "line " + number, "the body is longer than " + Limits.BODY + " bytes; make it shorter");
    }
  }

  private void field(@Nullable Draft open, String text, long number, RequestSink sink)
      throws RequestFileException {
    Matcher match = FIELD.matcher(text);
    String complaint = null;
    if (open == null || !match.matches()) {
      complaint = "neither a request nor a part of one: '" + shown(text) + "'" + HINT;
    } else if (open.content != null || blankBefore) {
      complaint =
          "a header behind the end of its request; write headers before blank line and body";
    } else if (open.fields.size() == Limits.FIELDS) {
      complaint = "more than " + Limits.FIELDS + " headers; leave some out";
    } else if (match.group(2).chars().anyMatch(c -> c < ' ' && c != '\t')) {
      complaint = "a control character in a header; leave it out";
    }
    if (complaint != null || open == null) {
      finish(sink);
      throw file.fault("line " + number, String.valueOf(complaint));
    }
    open.fields.add(new Field(match.group(1), match.group(2)));
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}", "?");
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }

  private void finish(RequestSink sink) {
    Draft done = draft;
    if (done == null) {
      return;
    }
    draft = null;
    blankBefore = false;
    Body body = done.content == null ? Body.of(done.json.toByteArray()) : done.content;
    List<Field> fields = new ArrayList<>(done.fields);
    if (body.length() > 0 && new Headers(fields).first("Content-Type").isEmpty()) {
      fields.add(new Field("Content-Type", done.contentType));
    }
    String place = file.name() + ":" + done.line;
    if (Syntax.isTunnel(done.method, fields)) {
      sink.skipped(place, "tunnel");
      return;
    }
    sink.request(
        new RecordedRequest(
            place, new Request(done.method, done.target, Syntax.endToEnd(fields), body), null));
  }
}
