package dev.banyan.requests;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One entry of an HTTP Archive while it is being read.
final class HarEntry {
  private final Message request = new Message();
  private final Message answer = new Message();
  private final List<FormParts.Part> params = new ArrayList<>();
  private String method = "";
  private String url = "";
  private int status;
  private long paramsLength;

  /// One of the two messages.
  private static final class Message {
    private final List<Field> fields = new ArrayList<>();
    private int fieldsLength;
    private boolean headTooLong;
    private boolean bodyTooLong;
    private @Nullable String text;
    private String mimeType = "";
    private String encoding = "";

    /// As the archive states it; negative where unknown.
    private long size = -1;

    void add(String name, String value) {
      fieldsLength += name.length() + value.length();
      if (fields.size() == Limits.FIELDS || fieldsLength > Limits.HEAD) {
        headTooLong = true;
        return;
      }
      // Some browsers join repeated fields by line breaks.
      for (String line : value.split("\\r?\\n", -1)) {
        fields.add(new Field(name, line));
      }
    }

    /// Null where the body is too long, or not in base64 as it says.
    byte @Nullable [] bytes() {
      String written = text == null ? "" : text;
      byte[] bytes;
      if (encoding.equals("base64")) {
        try {
          bytes = Base64.getDecoder().decode(written.replaceAll("\\s+", ""));
        } catch (IllegalArgumentException e) {
          return null;
        }
      } else {
        String type = new Headers(fields).first("Content-Type").orElse(mimeType);
        bytes = written.getBytes(FormParts.charset(type));
      }
      return bytes.length > Limits.BODY ? null : bytes;
    }
  }

  private HarEntry() {}

  /// Reads the object at which the parser stands.
  ///
  /// @param requestText whether the request's body is short enough to be held
  /// @param answerText whether the answer's body is
  static HarEntry read(JsonParser json, boolean requestText, boolean answerText) {
    HarEntry entry = new HarEntry();
    entry.request.bodyTooLong = !requestText;
    entry.answer.bodyTooLong = !answerText;
    HarReader.members(
        json,
        name -> {
          switch (name) {
            case "request" -> HarReader.members(json, inner -> entry.readRequest(json, inner));
            case "response" -> HarReader.members(json, inner -> entry.readAnswer(json, inner));
            default -> json.skipChildren();
          }
        });
    return entry;
  }

  private void readRequest(JsonParser json, String name) {
    switch (name) {
      case "method" -> method = text(json);
      case "url" -> url = text(json);
      case "headers" -> HarReader.elements(json, () -> readField(json, request));
      case "bodySize" -> request.size = number(json);
      case "postData" -> HarReader.members(json, inner -> readContent(json, inner, request));
      default -> json.skipChildren();
    }
  }

  private void readAnswer(JsonParser json, String name) {
    switch (name) {
      case "status" -> status = (int) number(json);
      case "headers" -> HarReader.elements(json, () -> readField(json, answer));
      case "content" -> HarReader.members(json, inner -> readContent(json, inner, answer));
      default -> json.skipChildren();
    }
  }

  private void readContent(JsonParser json, String name, Message message) {
    switch (name) {
      case "text" -> {
        if (!message.bodyTooLong && json.currentToken() == JsonToken.VALUE_STRING) {
          message.text = json.getString();
        } else {
          json.skipChildren();
        }
      }
      case "mimeType" -> message.mimeType = text(json);
      case "encoding", "_encoding" -> message.encoding = text(json).toLowerCase(Locale.ROOT);
      case "size" -> message.size = number(json);
      case "params" -> HarReader.elements(json, () -> readParam(json));
      default -> json.skipChildren();
    }
  }

  private static void readField(JsonParser json, Message message) {
    String[] field = {"", ""};
    HarReader.members(
        json,
        name -> {
          switch (name) {
            case "name" -> field[0] = text(json);
            case "value" -> field[1] = text(json);
            default -> json.skipChildren();
          }
        });
    message.add(field[0], field[1]);
  }

  private void readParam(JsonParser json) {
    String[] part = {"", "", "", ""};
    boolean[] valued = {false};
    HarReader.members(
        json,
        name -> {
          switch (name) {
            case "name" -> part[0] = text(json);
            case "value" -> {
              valued[0] = json.currentToken() == JsonToken.VALUE_STRING;
              part[1] = text(json);
            }
            case "fileName" -> part[2] = text(json);
            case "contentType" -> part[3] = text(json);
            default -> json.skipChildren();
          }
        });
    paramsLength += part[0].length() + part[1].length() + 1;
    if (paramsLength > Limits.BODY || params.size() == Limits.FIELDS) {
      request.bodyTooLong = true;
    } else {
      params.add(new FormParts.Part(part[0], valued[0] ? part[1] : null, part[2], part[3]));
    }
  }

  private static String text(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getString();
    }
    json.skipChildren();
    return "";
  }

  private static long number(JsonParser json) {
    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
        || json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      return json.getValueAsLong(-1);
    }
    json.skipChildren();
    return -1;
  }

  /// @param origin whose requests are wanted
  void hand(String place, @Nullable String origin, RequestSink sink) {
    String target = Syntax.target(url);
    String own = Syntax.origin(url);
    Headers headers = Syntax.endToEnd(request.fields);
    String reason = null;
    if (!Syntax.isToken(method)) {
      reason = "no-method";
    } else if (Syntax.isTunnel(method, request.fields) || url.startsWith("ws")) {
      reason = "tunnel";
    } else if (own == null || target == null) {
      reason = "not-http";
    } else if (!own.equals(origin)) {
      reason = "other-origin";
    } else if (request.headTooLong || target.length() > Limits.HEAD) {
      reason = "head-too-large";
    } else if (request.bodyTooLong) {
      reason = "body-too-large";
    } else if (!Syntax.sendable(headers)) {
      reason = "bad-header";
    }
    if (reason != null || target == null) {
      sink.skipped(place, reason == null ? "not-http" : reason);
      return;
    }
    handBody(place, target, headers, sink);
  }

  private void handBody(String place, String target, Headers headers, RequestSink sink) {
    byte[] body;
    if (request.text == null && !params.isEmpty()) {
      body = FormParts.write(params, headers.first("Content-Type").orElse(request.mimeType));
    } else if (request.text == null && announcesBody()) {
      body = null;
    } else {
      body = request.bytes();
      if (body == null) {
        sink.skipped(place, "bad-body");
        return;
      }
    }
    if (body == null) {
      sink.skipped(place, "no-body-recorded");
      return;
    }
    Headers complete = headers;
    if (body.length > 0
        && !request.mimeType.isEmpty()
        && headers.first("Content-Type").isEmpty()
        && Syntax.sendable(Headers.of("Content-Type", request.mimeType))) {
      List<Field> more = new ArrayList<>(headers.fields());
      more.add(new Field("Content-Type", request.mimeType));
      complete = new Headers(more);
    }
    sink.request(
        new RecordedRequest(
            place, new Request(method, target, complete, Body.of(body)), recordedAnswer()));
  }

  private boolean announcesBody() {
    return request.size > 0
        || new Headers(request.fields)
            .first("Content-Length")
            .filter(length -> !length.strip().equals("0"))
            .isPresent();
  }

  /// Null where the archive does not have all of it.
  private @Nullable Response recordedAnswer() {
    if (status < 200 || status > 599 || answer.headTooLong || answer.bodyTooLong) {
      return null;
    }
    if (answer.text == null && answer.size > 0) {
      return null;
    }
    byte[] body = answer.bytes();
    if (body == null) {
      return null;
    }
    // An archive holds bodies after their compression was undone.
    List<Field> fields =
        Syntax.endToEnd(answer.fields).fields().stream()
            .filter(field -> !field.name().equalsIgnoreCase("Content-Encoding"))
            .toList();
    return new Response(status, new Headers(fields), Body.of(body));
  }
}
