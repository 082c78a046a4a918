package dev.banyan.requests;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The body that an operation takes: its media type, its examples, and how values become bytes.
///
/// @param mediaType as it is sent
/// @param schema merged
/// @param examples the document's own values; a generated one where it has none
/// @param generated whether it is so
record OperationBody(
    String mediaType,
    boolean required,
    Tree declared,
    Tree schema,
    List<@Nullable Object> examples,
    boolean generated) {
  private static final String BOUNDARY = "banyan-8f2c41d7";

  /// Null where the operation takes no body, or none that can be written.
  static @Nullable OperationBody of(OpenApiDocument document, Schemas schemas, Tree operation) {
    Tree node = document.resolve(operation.get("requestBody"));
    String chosen = null;
    for (String candidate : node.get("content").members().keySet()) {
      if (rank(candidate) < (chosen == null ? UNFIT : rank(chosen))) {
        chosen = candidate;
      }
    }
    if (chosen == null) {
      return null;
    }
    Tree media = node.get("content").get(chosen);
    Tree schema = schemas.merged(media.get("schema"));
    List<@Nullable Object> examples = new ArrayList<>();
    if (media.has("example")) {
      examples.add(media.get("example").value());
    }
    for (Tree each : media.get("examples").members().values()) {
      Tree example = document.resolve(each);
      if (example.has("value")) {
        examples.add(example.get("value").value());
      }
    }
    boolean generated = examples.isEmpty();
    if (generated) {
      examples.add(schemas.value(media.get("schema")));
    }
    String sent = chosen.contains("*") ? "application/json" : chosen;
    if (isMultipart(sent) && !sent.contains("boundary=")) {
      sent = sent + "; boundary=" + BOUNDARY;
    }
    return new OperationBody(
        sent, node.get("required").isTrue(), media.get("schema"), schema, examples, generated);
  }

  private static final int UNFIT = 9;

  private static int rank(String mediaType) {
    if (isJson(mediaType)) {
      return mediaType.startsWith("application/json") ? 0 : 1;
    }
    if (isForm(mediaType)) {
      return 2;
    }
    if (isMultipart(mediaType)) {
      return 3;
    }
    return mediaType.startsWith("text/") ? 4 : UNFIT;
  }

  private static boolean isJson(String mediaType) {
    String type = mediaType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
    return type.equals("application/json")
        || type.endsWith("+json")
        || type.equals("*/*")
        || type.equals("application/*");
  }

  private static boolean isForm(String mediaType) {
    return mediaType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
  }

  private static boolean isMultipart(String mediaType) {
    return mediaType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
  }

  boolean json() {
    return isJson(mediaType);
  }

  /// Null where it is longer than a body may be.
  byte @Nullable [] bytes(@Nullable Object value) {
    byte[] bytes = written(value);
    return bytes == null || bytes.length > Limits.BODY ? null : bytes;
  }

  private byte @Nullable [] written(@Nullable Object value) {
    if (json()) {
      boolean isText = value instanceof String text && text.stripLeading().startsWith("{");
      // Some documents give a JSON example as the text of it.
      return isText && !Schemas.type(schema).equals("string")
          ? Parameter.text(value).getBytes(StandardCharsets.UTF_8)
          : value == null ? "null".getBytes(StandardCharsets.US_ASCII) : Json.bytes(value);
    }
    if (value instanceof Map<?, ?> map && (isForm(mediaType) || isMultipart(mediaType))) {
      List<FormParts.Part> parts = new ArrayList<>();
      map.forEach(
          (name, field) -> parts.add(new FormParts.Part("" + name, Parameter.text(field), "", "")));
      return FormParts.write(parts, mediaType);
    }
    return Parameter.text(value).getBytes(StandardCharsets.UTF_8);
  }

  /// A copy of a value in which one field is another, or gone where the change says so.
  static @Nullable Object changed(
      @Nullable Object value, List<String> path, boolean remove, @Nullable Object replacement) {
    if (path.isEmpty()) {
      return replacement;
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> copy.put("" + name, field));
    }
    String first = path.getFirst();
    if (path.size() == 1 && remove) {
      copy.remove(first);
    } else {
      copy.put(first, changed(copy.get(first), path.subList(1, path.size()), remove, replacement));
    }
    return copy;
  }
}
