package dev.banyan.requests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// What a file begins with, and what that tells of its format.
final class FirstBytes {
  private static final Pattern GOR =
      Pattern.compile("\\A[123] [0-9A-Za-z._-]{1,128} \\d{1,20}( -?\\d{1,20})?\\r?\\n");
  private static final Pattern YAML_KEY =
      Pattern.compile("(?m)^[\"']?(openapi|swagger)[\"']?\\s*:");
  private static final int LOG_LINES = 50;
  private static final Map<String, Format> ENDINGS =
      Map.ofEntries(
          Map.entry("har", Format.HAR),
          Map.entry("gor", Format.GOR),
          Map.entry("log", Format.ACCESS_LOG),
          Map.entry("jsonl", Format.ACCESS_LOG),
          Map.entry("ndjson", Format.ACCESS_LOG),
          Map.entry("txt", Format.LIST),
          Map.entry("list", Format.LIST),
          Map.entry("http", Format.LIST),
          Map.entry("yaml", Format.OPENAPI),
          Map.entry("yml", Format.OPENAPI));
  private static final String FORMATS =
      "har (HTTP Archive 1.2), gor (GoReplay), access-log (combined or JSON lines), list (lines"
          + " such as 'GET /path'), openapi (OpenAPI 3.0 or 3.1, JSON or YAML)";

  private final RequestFile file;
  private final byte[] bytes;

  private FirstBytes(RequestFile file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  static FirstBytes of(RequestFile file) throws IOException, RequestFileException {
    try (InputStream in = file.open()) {
      return new FirstBytes(file, in.readNBytes(Limits.FIRST));
    }
  }

  /// Refuses what no reader could read.
  void checkReadable() throws RequestFileException {
    if (bytes.length == 0) {
      throw file.fault("byte 0", "the file is empty; record some requests first");
    }
    if (begins(0x1F, 0x8B) || begins('P', 'K', 3, 4) || begins(0x28, 0xB5, 0x2F, 0xFD)) {
      throw file.fault("byte 0", "the file is compressed; unpack it first");
    }
    if (begins(0xFE, 0xFF) || begins(0xFF, 0xFE)) {
      throw file.fault("byte 0", "the file is UTF-16 text; save it as UTF-8");
    }
  }

  /// Refuses what is no text of ours.
  void checkText() throws RequestFileException {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw file.fault(
            "byte " + i, "a zero byte: the file is not UTF-8 text; the formats are " + FORMATS);
      }
    }
  }

  private boolean begins(int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  Format format() throws RequestFileException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    Optional<Format> found = byContent(text);
    if (found.isEmpty()) {
      found = Optional.ofNullable(ENDINGS.get(ending()));
    }
    return found.orElseThrow(() ->
        file.fault("byte 0", "this is none of the formats that can be read; they are " + FORMATS));
  }

  private String ending() {
    String name = file.name();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private Optional<Format> byContent(String text) {
    if (GOR.matcher(text).find()) {
      return Optional.of(Format.GOR);
    }
    if (text.stripLeading().startsWith("{")) {
      return byKeys(text);
    }
    if (YAML_KEY.matcher(text).find()) {
      return Optional.of(Format.OPENAPI);
    }
    List<String> lines = meaningful(text).limit(LOG_LINES).toList();
    if (!lines.isEmpty() && ListReader.begins(lines.getFirst())) {
      return Optional.of(Format.LIST);
    }
    return lines.stream().anyMatch(AccessLogReader::recognizes)
        ? Optional.of(Format.ACCESS_LOG)
        : Optional.empty();
  }

  private static Stream<String> meaningful(String text) {
    return text.lines().filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"));
  }

  /// The keys of the outermost object tell the formats in JSON apart.
  private static Optional<Format> byKeys(String text) {
    try (JsonParser json = Json.parser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        if (key.equals("openapi") || key.equals("swagger")) {
          return Optional.of(Format.OPENAPI);
        }
        if (key.equals("log") && value == JsonToken.START_OBJECT) {
          return Optional.of(Format.HAR);
        }
        json.skipChildren();
      }
      // The object ended without a key of the others: one line of a log, if it stood in one line.
      boolean oneLine = json.currentLocation().getLineNr() == 1;
      return oneLine ? Optional.of(Format.ACCESS_LOG) : Optional.empty();
    } catch (JacksonException e) {
      // Damaged, or longer than what was looked at. The first whole line may still tell, and the
      // reader of the format will say what is wrong.
      return meaningful(text).limit(LOG_LINES).anyMatch(AccessLogReader::recognizes)
          ? Optional.of(Format.ACCESS_LOG)
          : Optional.empty();
    }
  }
}
