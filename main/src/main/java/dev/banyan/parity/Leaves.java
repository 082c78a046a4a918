package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Response;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The strings and numbers of a JSON body or a form, each with its exact place, and a way to
/// exchange some of them while every other byte stays.
///
/// Bodies that are something else, broken or beyond [ComparisonLimits#STANDARD] have no leaves.
/// Holds no state; no input makes it throw.
public final class Leaves {

  /// @param path with positions in arrays: `$.items[0].id`
  /// @param text what a string says, or a number as it stood
  /// @param number whether it is a JSON number
  public record Leaf(String path, String text, boolean number) {

    /// The name that the value has, empty where it has none.
    public String name() {
      String bare = path.endsWith("]") ? path.substring(0, path.lastIndexOf('[')) : path;
      return bare.substring(bare.lastIndexOf('.') + 1).replace("$", "");
    }
  }

  private Leaves() {}

  /// The first so many leaves of an answer's body, in order.
  public static List<Leaf> of(Response response, int most) {
    if (response.body().length() == 0) {
      return List.of();
    }
    MediaType type = MediaType.of(response.headers());
    if (!type.isJson() && !type.isForm()) {
      return List.of();
    }
    List<Leaf> leaves = new ArrayList<>();
    if (ContentCoding.undo(response, ComparisonLimits.STANDARD.body())
        instanceof ContentCoding.Outcome.Plain plain) {
      byte[] bytes = plain.body().toByteArray();
      if (type.isForm()) {
        form(
            bytes,
            leaf -> {
              if (leaves.size() < most) {
                leaves.add(leaf);
              }
              return null;
            });
      } else {
        JsonTape tape = parsed(bytes);
        if (tape != null) {
          walk(
              tape,
              0,
              "$",
              (leaf, _) -> {
                leaves.add(leaf);
                return leaves.size() < most;
              });
        }
      }
    }
    return Collections.unmodifiableList(leaves);
  }

  /// A body with some of its leaves exchanged.
  ///
  /// @param other what stands in a leaf's place; null to leave it
  /// @return the same body where nothing was exchanged
  public static Body with(Headers headers, Body body, Function<Leaf, @Nullable String> other) {
    MediaType type = MediaType.of(headers);
    boolean coded = headers.first("content-encoding").isPresent();
    if (body.length() == 0 || coded || !(type.isJson() || type.isForm())) {
      return body;
    }
    byte[] bytes = body.toByteArray();
    byte @Nullable [] exchanged = type.isForm() ? form(bytes, other) : json(bytes, other);
    return exchanged == null ? body : Body.of(exchanged);
  }

  private static @Nullable JsonTape parsed(byte[] bytes) {
    return JsonParser.parse(bytes, ComparisonLimits.STANDARD.depth())
            instanceof JsonParser.Outcome.Parsed parsed
        ? parsed.tape()
        : null;
  }

  @FunctionalInterface
  private interface Visitor {
    /// @return whether to go on
    boolean leaf(Leaf leaf, int node);
  }

  private static boolean walk(JsonTape tape, int node, String path, Visitor visitor) {
    if (tape.isObject(node)) {
      for (int key = node + 1; key < tape.after(node); key = tape.after(key + 1)) {
        if (!walk(tape, key + 1, path + "." + tape.text(key), visitor)) {
          return false;
        }
      }
      return true;
    }
    if (tape.isArray(node)) {
      int index = 0;
      for (int each = node + 1; each < tape.after(node); each = tape.after(each)) {
        if (!walk(tape, each, path + "[" + index++ + "]", visitor)) {
          return false;
        }
      }
      return true;
    }
    boolean number = tape.isNumber(node);
    return !(number || tape.isString(node))
        || visitor.leaf(new Leaf(path, tape.text(node), number), node);
  }

  private static byte @Nullable [] json(byte[] bytes, Function<Leaf, @Nullable String> other) {
    JsonTape tape = parsed(bytes);
    if (tape == null) {
      return null;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
    int[] copied = {0};
    walk(
        tape,
        0,
        "$",
        (leaf, node) -> {
          String text = other.apply(leaf);
          if (text != null && !text.equals(leaf.text())) {
            out.write(bytes, copied[0], tape.start(node) - copied[0]);
            out.writeBytes(written(text, leaf.number()).getBytes(StandardCharsets.UTF_8));
            copied[0] = tape.end(node);
          }
          return true;
        });
    if (copied[0] == 0) {
      return null;
    }
    out.write(bytes, copied[0], bytes.length - copied[0]);
    return out.toByteArray();
  }

  private static String written(String text, boolean number) {
    if (number && text.matches("-?(0|[1-9]\\d{0,30})")) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').append((char) c);
          } else if (c < 0x20) {
            quoted.append(String.format("\\u%04x", c));
          } else {
            quoted.append((char) c);
          }
        });
    return quoted.append('"').toString();
  }

  private static byte @Nullable [] form(byte[] bytes, Function<Leaf, @Nullable String> other) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<String> fields = new ArrayList<>();
    boolean exchanged = false;
    for (String field : text.split("&", -1)) {
      int equals = field.indexOf('=');
      String value = equals < 0 ? null : decoded(field.substring(equals + 1));
      String name = equals < 0 ? null : decoded(field.substring(0, equals));
      String put =
          value == null || name == null ? null : other.apply(new Leaf("$." + name, value, false));
      if (put == null || put.equals(value)) {
        fields.add(field);
      } else {
        exchanged = true;
        fields.add(field.substring(0, equals + 1) + URLEncoder.encode(put, StandardCharsets.UTF_8));
      }
    }
    return exchanged ? String.join("&", fields).getBytes(StandardCharsets.ISO_8859_1) : null;
  }

  private static @Nullable String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      // a percent sign that escapes nothing: such a value is no id
      return null;
    }
  }
}
