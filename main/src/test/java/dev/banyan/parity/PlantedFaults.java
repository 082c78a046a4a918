package dev.banyan.parity;

import static dev.banyan.migration.Severity.BREAKING;
import static dev.banyan.migration.Severity.RISKY;
import static dev.banyan.parity.GeneratedAnswer.Null.NULL;
import static dev.banyan.parity.GeneratedAnswer.asArray;
import static dev.banyan.parity.GeneratedAnswer.asObject;
import static dev.banyan.parity.GeneratedAnswer.list;
import static dev.banyan.parity.GeneratedAnswer.object;

import dev.banyan.migration.Severity;
import dev.banyan.parity.GeneratedAnswer.Slot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/// Faults as rewrites of an API make them, each with what it does to a client. They are planted in
/// a [GeneratedAnswer] before it is written, by code that knows nothing of how answers are
/// compared.
@SuppressWarnings("UnnecessaryLambda") // predicates are combined with others
final class PlantedFaults {

  /// @param plant changes the answer
  record Fault(String name, Severity severity, BiConsumer<GeneratedAnswer, Random> plant) {}

  private static final Predicate<Slot> MEMBER = slot -> !slot.key().isEmpty();
  private static final Predicate<Slot> TEXT =
      slot -> slot.value() instanceof String text && text.length() > 1;
  private static final Predicate<Slot> NUMBER = slot -> slot.value() instanceof BigDecimal;
  private static final Predicate<Slot> WHOLE =
      slot -> slot.value() instanceof BigDecimal number && number.scale() <= 0;
  private static final Predicate<Slot> DECIMAL =
      slot -> slot.value() instanceof BigDecimal number && number.scale() > 0;
  private static final Predicate<Slot> FLAG = slot -> slot.value() instanceof Boolean;
  private static final Predicate<Slot> ARRAY =
      slot -> slot.value() instanceof List<?> array && array.size() > 1;
  private static final Predicate<Slot> OBJECT = slot -> slot.value() instanceof Map<?, ?>;

  private final List<Fault> faults = new ArrayList<>();

  private PlantedFaults() {}

  static List<Fault> all() {
    PlantedFaults all = new PlantedFaults();
    all.shapes();
    all.numbers();
    all.strings();
    all.dates();
    all.arrays();
    all.wholeBodies();
    all.statuses();
    all.headers();
    all.cookies();
    return all.faults;
  }

  private void fault(String name, Severity severity, BiConsumer<GeneratedAnswer, Random> plant) {
    faults.add(new Fault(name, severity, plant));
  }

  /// Another value at a random place of a kind.
  private void value(
      String name, Severity severity, Predicate<Slot> which, UnaryOperator<Object> change) {
    fault(
        name,
        severity,
        (answer, random) -> {
          Slot slot = answer.any(random, which);
          slot.set(change.apply(slot.value()));
        });
  }

  private void rename(String name, UnaryOperator<String> change) {
    fault(
        name,
        BREAKING,
        (answer, random) -> {
          Slot slot =
              answer.any(
                  random, MEMBER.and(member -> !change.apply(member.key()).equals(member.key())));
          Object value = slot.value();
          slot.object().remove(slot.key());
          slot.object().put(change.apply(slot.key()), value);
        });
  }

  private static Predicate<Slot> named(String... names) {
    return slot -> List.of(names).contains(slot.key());
  }

  private void shapes() {
    fault(
        "member lost",
        BREAKING,
        (answer, random) -> {
          Slot slot = answer.any(random, MEMBER);
          slot.object().remove(slot.key());
        });
    fault(
        "null member left out",
        BREAKING,
        (answer, random) -> {
          Slot slot =
              answer.any(
                  random,
                  MEMBER
                      .and(member -> member.value() instanceof GeneratedAnswer.Null)
                      .or(named("next", "total")));
          slot.object().remove(slot.key());
        });
    fault(
        "null member added",
        BREAKING,
        (answer, random) -> answer.any(random, MEMBER).object().put("deletedAt", NULL));
    fault(
        "member added",
        RISKY,
        (answer, random) -> answer.any(random, MEMBER).object().put("version", "2"));
    value(
        "null for a value",
        BREAKING,
        MEMBER.and(slot -> !(slot.value() instanceof GeneratedAnswer.Null)),
        _ -> NULL);
    rename("key in lower case", key -> key.toLowerCase(Locale.ROOT));
    rename("key in snake case", key -> key.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT));
    rename(
        "key in Pascal case",
        key -> key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1));
    rename("key renamed", key -> key + "Value");
    fault("wrapped", BREAKING, (answer, _) -> answer.json = object("data", answer.json));
    fault("put into a list", BREAKING, (answer, _) -> answer.json = list(answer.json));
    value("object as text", BREAKING, OBJECT, Object::toString);
    fault(
        "object flattened",
        BREAKING,
        (answer, random) -> {
          Slot slot = answer.any(random, MEMBER.and(OBJECT).or(named("tags")));
          slot.object().remove(slot.key());
          slot.object().put(slot.key() + "Flat", "x");
        });
    fault(
        "key written twice",
        RISKY,
        (answer, random) -> {
          Slot slot = answer.any(random, MEMBER);
          slot.object().put("dup", "1");
          answer.rewrite = text -> text.replaceFirst("\"dup\"\\s*:", "\"dup\":\"0\",\"dup\":");
        });
  }

  private void numbers() {
    value("number as text", BREAKING, NUMBER, Object::toString);
    value(
        "integer off by one", BREAKING, WHOLE, number -> ((BigDecimal) number).add(BigDecimal.ONE));
    value(
        "sign lost",
        BREAKING,
        NUMBER,
        number -> ((BigDecimal) number).negate().subtract(BigDecimal.TEN));
    value(
        "half added", BREAKING, WHOLE, number -> ((BigDecimal) number).add(new BigDecimal("0.5")));
    value(
        "big integer through a double",
        BREAKING,
        named("snowflake"),
        number -> new BigDecimal(((BigDecimal) number).doubleValue()));
    value(
        "decimal through a float",
        BREAKING,
        DECIMAL,
        number -> new BigDecimal(((BigDecimal) number).add(new BigDecimal("0.01")).doubleValue()));
    value(
        "decimal cut to an integer",
        BREAKING,
        DECIMAL.and(slot -> ((BigDecimal) slot.value()).remainder(BigDecimal.ONE).signum() != 0),
        number -> new BigDecimal(((BigDecimal) number).toBigInteger()));
    value("integer with a point", RISKY, WHOLE, number -> ((BigDecimal) number).setScale(1));
    value(
        "zeros at the end cut",
        RISKY,
        DECIMAL.and(slot -> slot.value().toString().endsWith("0")),
        number -> ((BigDecimal) number).stripTrailingZeros());
    value(
        "written with an exponent",
        RISKY,
        NUMBER,
        number ->
            new GeneratedAnswer.Written(
                ((BigDecimal) number).unscaledValue() + "e" + -((BigDecimal) number).scale()));
    value(
        "flag turned",
        BREAKING,
        FLAG.or(named("total")),
        flag -> flag instanceof Boolean b ? (Object) !b : BigDecimal.ZERO);
    value("flag as a number", BREAKING, FLAG.or(named("sku")), _ -> BigDecimal.ONE);
    value("flag as text", BREAKING, FLAG.or(named("qty")), flag -> String.valueOf(flag));
  }

  private void strings() {
    value("text as a number", BREAKING, TEXT, _ -> BigDecimal.ONE);
    value("text as a list", BREAKING, TEXT, text -> list(text));
    value("blank at the end", BREAKING, TEXT, text -> text + " ");
    value(
        "text cut",
        BREAKING,
        TEXT,
        text -> ((String) text).substring(0, ((String) text).length() - 1));
    value(
        "text in upper case",
        BREAKING,
        named("email", "displayName"),
        text -> ((String) text).toUpperCase(Locale.ROOT));
    value(
        "markup escaped",
        BREAKING,
        named("displayName"),
        text -> ((String) text).replace("&", "&amp;").replace("<", "&lt;"));
    value(
        "accents lost",
        BREAKING,
        named("displayName", "city"),
        text -> ((String) text).replace('ë', 'e').replace('ö', 'o'));
    value(
        "decoded twice",
        BREAKING,
        named("displayName", "city"),
        text ->
            new String(
                ((String) text).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    value(
        "empty for null", BREAKING, slot -> slot.value() instanceof GeneratedAnswer.Null, _ -> "");
    value("null for empty", BREAKING, slot -> "".equals(slot.value()), _ -> NULL);
    value("word as its number", BREAKING, named("role", "sku"), _ -> BigDecimal.TWO);
    value(
        "word in another case",
        BREAKING,
        named("role", "sku"),
        text -> ((String) text).toLowerCase(Locale.ROOT));
    value("leading zero lost", BREAKING, named("zip"), text -> ((String) text).substring(1));
    value("link to another page", BREAKING, named("next", "email"), text -> text + "&x=1");
  }

  private void dates() {
    date("zone lost", BREAKING, text -> text.replace("Z", ""));
    date("milliseconds cut", RISKY, text -> text.replace(".123", ""));
    date("zone as an offset", RISKY, text -> text.replace("Z", "+00:00"));
    date("an hour off", BREAKING, text -> text.replace("T10", "T11"));
    date("blank for T and no zone", BREAKING, text -> text.replace('T', ' ').replace("Z", ""));
    date("day and month turned", BREAKING, text -> "11." + text.substring(5, 7) + ".2024");
    date("date only", BREAKING, text -> text.substring(0, 10));
    value("date as a number", BREAKING, named("createdAt"), _ -> new BigDecimal("1710151200123"));
  }

  private void date(String name, Severity severity, UnaryOperator<String> change) {
    value(name, severity, named("createdAt"), text -> change.apply((String) text));
  }

  private void arrays() {
    value(
        "element lost", BREAKING, ARRAY, array -> asArray(array).subList(1, asArray(array).size()));
    value(
        "last element lost",
        BREAKING,
        ARRAY,
        array -> asArray(array).subList(0, asArray(array).size() - 1));
    value(
        "element added",
        BREAKING,
        ARRAY,
        array -> {
          List<Object> longer = new ArrayList<>(asArray(array));
          longer.add("new");
          return longer;
        });
    value(
        "element twice",
        BREAKING,
        ARRAY,
        array -> {
          List<Object> longer = new ArrayList<>(asArray(array));
          longer.add(longer.getFirst());
          return longer;
        });
    value(
        "other order",
        RISKY,
        ARRAY,
        array -> {
          List<Object> turned = new ArrayList<>(asArray(array));
          Collections.rotate(turned, 1);
          return turned;
        });
    value("null for an empty array", BREAKING, named("groups"), _ -> NULL);
    value("empty text for an empty array", BREAKING, named("groups"), _ -> "");
    fault(
        "empty array left out",
        BREAKING,
        (answer, random) -> answer.any(random, named("groups")).object().remove("groups"));
    value(
        "array of one as its element",
        BREAKING,
        named("roles"),
        array -> asArray(array).getFirst());
    value("array as an object", BREAKING, ARRAY, array -> object("0", asArray(array).getFirst()));
    value("array joined", BREAKING, named("tags"), Object::toString);
    value(
        "elements of another type",
        BREAKING,
        named("tags"),
        _ -> list(BigDecimal.ONE, BigDecimal.TWO, BigDecimal.TEN));
    value(
        "field of the last element",
        BREAKING,
        ARRAY,
        array -> {
          Object last = asArray(array).getLast();
          if (last instanceof Map<?, ?>) {
            asObject(last).put(asObject(last).keySet().iterator().next(), "other");
          } else {
            asArray(array).set(asArray(array).size() - 1, "other");
          }
          return array;
        });
  }

  private void wholeBodies() {
    fault("no body", BREAKING, (answer, _) -> answer.rewrite = _ -> "");
    fault("empty object", BREAKING, (answer, _) -> answer.json = object());
    fault("empty array", BREAKING, (answer, _) -> answer.json = list());
    fault("null", BREAKING, (answer, _) -> answer.json = NULL);
    fault(
        "cut short",
        BREAKING,
        (answer, _) -> answer.rewrite = text -> text.substring(0, text.length() / 2));
    fault("a page of HTML", BREAKING, (answer, _) -> answer.rewrite = _ -> "<html>Oops</html>");
    fault(
        "JSON within JSON",
        BREAKING,
        (answer, _) ->
            answer.rewrite =
                text ->
                    "\""
                        + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s", " ")
                        + "\"");
    fault("a comma too many", BREAKING, (answer, _) -> answer.rewrite = text -> text + ",");
    fault("a byte order mark", BREAKING, (answer, _) -> answer.rewrite = text -> "\ufeff" + text);
    fault("Latin-1 bytes", BREAKING, (answer, _) -> answer.rewrite = text -> text + "\"");
    fault(
        "compressed now",
        RISKY,
        (answer, _) -> {
          answer.header("Content-Encoding", "gzip");
          answer.recode = PlantedFaults::gzip;
        });
    fault(
        "said to be compressed",
        BREAKING,
        (answer, _) -> answer.header("Content-Encoding", "gzip"));
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void statuses() {
    for (int status : List.of(201, 204, 302, 304, 400, 404, 405, 500, 503)) {
      fault("status " + status, BREAKING, (answer, _) -> answer.status = status);
    }
  }

  private void headers() {
    header("another type", BREAKING, "Content-Type", _ -> "text/plain; charset=utf-8");
    header(
        "another JSON type", BREAKING, "Content-Type", _ -> "application/hal+json; charset=utf-8");
    header(
        "another charset", BREAKING, "Content-Type", _ -> "application/json; charset=iso-8859-1");
    header("charset left out", RISKY, "Content-Type", _ -> "application/json");
    header("part of Vary lost", BREAKING, "Vary", _ -> "Accept");
    header("Vary extended", RISKY, "Vary", value -> value + ", Cookie");
    header("public", BREAKING, "Cache-Control", _ -> "public, max-age=60");
    header(
        "other age",
        RISKY,
        "Cache-Control",
        value -> value.replace("no-store", "no-store, max-age=1").replace("=60", "=61"));
    header("weak tag", RISKY, "ETag", value -> "W/" + value);
    header("other path", BREAKING, "Location", value -> value.replace("/users", "/user"));
    header("other host", BREAKING, "Location", value -> value.replace("api.", "www."));
    header("other scheme", BREAKING, "Location", value -> value.replace("https", "http"));
    header("query lost", BREAKING, "Location", value -> value.substring(0, value.indexOf('?')));
    header("slash at the end", RISKY, "Location", value -> value.replace("?", "/?"));
    header("slash decoded", RISKY, "Location", value -> value.replace("%2F", "/"));
    header(
        "relative now",
        RISKY,
        "Location",
        value -> value.substring("https://api.example.org".length()));
    header(
        "other order of parameters",
        RISKY,
        "Location",
        value -> value.replace("x=1&y=2", "y=2&x=1"));
    header("any origin", RISKY, "Access-Control-Allow-Origin", _ -> "*");
    header("fewer methods of CORS", RISKY, "Access-Control-Allow-Methods", _ -> "GET");
    header("other count", RISKY, "X-Total-Count", value -> value + "1");
    header("other link", RISKY, "Link", value -> value.replace('2', '3'));
    header("other date", RISKY, "Last-Modified", value -> value.replace("2024", "2023"));
    header("fewer methods", BREAKING, "Allow", _ -> "GET, POST");
    header(
        "other scheme of authentication",
        BREAKING,
        "WWW-Authenticate",
        value -> value.replace("Bearer", "Basic"));
    header("other realm", RISKY, "WWW-Authenticate", value -> value.replace("api", "web"));
    for (String name :
        List.of("Content-Type", "Vary", "Cache-Control", "Location", "Allow", "WWW-Authenticate")) {
      lost(name, BREAKING);
    }
    for (String name :
        List.of("ETag", "Access-Control-Allow-Origin", "X-Total-Count", "Link", "Last-Modified")) {
      lost(name, RISKY);
    }
    fault("header added", RISKY, (answer, _) -> answer.header("X-Frame-Options", "DENY"));
  }

  private void header(String name, Severity severity, String header, UnaryOperator<String> change) {
    fault(
        header + ": " + name,
        severity,
        (answer, _) ->
            answer.header(header, _ -> true, value -> change.apply(Objects.requireNonNull(value))));
  }

  private void lost(String header, Severity severity) {
    fault(header + " lost", severity, (answer, _) -> answer.header(header, _ -> true, _ -> null));
  }

  private void cookies() {
    cookie("HttpOnly lost", value -> value.replace("; HttpOnly", ""));
    cookie("Secure lost", value -> value.replace("; Secure", ""));
    cookie("SameSite changed", value -> value.replace("Lax", "None"));
    cookie("Path changed", value -> value.replace("Path=/", "Path=/api"));
    cookie("Domain added", value -> value + "; Domain=example.org");
    cookie("renamed", value -> value.replace("sid", "session"));
    cookie("taken back", value -> value + "; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    fault(
        "a cookie lost",
        BREAKING,
        (answer, _) -> answer.header("Set-Cookie", value -> value.startsWith("theme"), _ -> null));
    fault(
        "a cookie's age",
        BREAKING,
        (answer, _) ->
            answer.header(
                "Set-Cookie",
                value -> value.startsWith("theme"),
                _ -> "theme=dark; Path=/; Max-Age=60"));
    fault("a cookie added", RISKY, (answer, _) -> answer.header("Set-Cookie", "track=1; Path=/"));
  }

  private void cookie(String name, UnaryOperator<String> change) {
    fault(
        "cookie: " + name,
        BREAKING,
        (answer, _) ->
            answer.header(
                "Set-Cookie",
                value -> value.startsWith("sid"),
                value -> change.apply(Objects.requireNonNull(value))));
  }
}
