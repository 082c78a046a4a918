package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Response;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// An answer of some API, made at random, that faults can be planted in and that can be written in
/// many ways. Knows nothing of how answers are compared.
final class GeneratedAnswer {

  /// What stands for JSON's null in the tree of maps, lists, strings, numbers and booleans.
  enum Null {
    NULL
  }

  /// A number as it is to be written.
  record Written(String lexeme) {}

  /// A value inside the tree, by what holds it.
  record Slot(Map<String, Object> object, List<Object> array, String key, int index) {
    Object value() {
      return key.isEmpty() ? array.get(index) : get(object, key);
    }

    void set(Object value) {
      if (key.isEmpty()) {
        array.set(index, value);
      } else {
        object.put(key, value);
      }
    }
  }

  int status = 200;
  final List<Headers.Field> headers = new ArrayList<>();
  Object json = Null.NULL;
  UnaryOperator<String> rewrite = UnaryOperator.identity();
  UnaryOperator<byte[]> recode = UnaryOperator.identity();

  static GeneratedAnswer of(Random random) {
    GeneratedAnswer answer = new GeneratedAnswer();
    answer.header("Content-Type", "application/json; charset=utf-8");
    answer.header("Vary", "Accept, Origin");
    answer.header("Cache-Control", random.nextBoolean() ? "private, max-age=60" : "no-store");
    answer.header("ETag", "\"" + Long.toHexString(random.nextLong()) + "\"");
    answer.header(
        "Set-Cookie", "sid=" + random.nextLong() + "; Path=/; HttpOnly; Secure; SameSite=Lax");
    answer.header("Set-Cookie", "theme=dark; Path=/; Max-Age=3600");
    answer.header(
        "Location", "https://api.example.org/users/a%2Fb/" + random.nextInt(900) + "?x=1&y=2");
    answer.header("Access-Control-Allow-Origin", "https://app.example.org");
    answer.header("Access-Control-Allow-Methods", "GET, POST");
    answer.header("X-Total-Count", String.valueOf(random.nextInt(900)));
    answer.header("Link", "</users?page=2>; rel=\"next\"");
    answer.header("Last-Modified", "Fri, 01 Mar 2024 12:00:" + (10 + random.nextInt(50)) + " GMT");
    answer.header("Allow", "GET, POST, DELETE");
    answer.header("WWW-Authenticate", "Bearer realm=\"api\"");
    answer.json =
        switch (random.nextInt(6)) {
          case 0 -> users(random);
          case 1 -> order(random, 1000 + random.nextInt(9000));
          case 2 -> page(random);
          case 3 -> products(random);
          case 4 -> placed(random);
          default -> user(random, random.nextInt(9000));
        };
    return answer;
  }

  void header(String name, String value) {
    headers.add(new Headers.Field(name, value));
  }

  /// Puts another value in the place of a header, or takes it away.
  void header(String name, Predicate<String> which, UnaryOperator<@Nullable String> change) {
    for (int i = 0; i < headers.size(); i++) {
      Headers.Field field = headers.get(i);
      if (field.name().equals(name) && which.test(field.value())) {
        String value = change.apply(field.value());
        if (value == null) {
          headers.remove(i);
        } else {
          headers.set(i, new Headers.Field(name, value));
        }
        return;
      }
    }
    throw new IllegalStateException("no header " + name);
  }

  private static Map<String, Object> user(Random random, int id) {
    Map<String, Object> user = new LinkedHashMap<>();
    user.put("id", BigDecimal.valueOf(id));
    user.put("displayName", "Zoë O'Neil & " + word(random) + " <" + word(random) + ">");
    user.put("email", word(random) + "@example.org");
    user.put("active", random.nextBoolean());
    user.put("role", "ADMIN");
    user.put("phone", Null.NULL);
    user.put("note", "");
    user.put(
        "balance", new BigDecimal("1" + random.nextInt(9) + "." + (1 + random.nextInt(9)) + "0"));
    user.put("snowflake", new BigDecimal("90071992547409" + (93 + 2 * random.nextInt(3))));
    user.put(
        "createdAt",
        "2024-0" + (1 + random.nextInt(9)) + "-11T10:0" + random.nextInt(10) + ":00.123Z");
    user.put("tags", list("a", "b" + random.nextInt(9), "c"));
    user.put("roles", list("only"));
    user.put("groups", list());
    user.put("address", object("city", "Köln", "zip", "0" + (1000 + random.nextInt(9000))));
    return user;
  }

  private static List<Object> users(Random random) {
    List<Object> users = new ArrayList<>();
    for (int i = 0; i < 3 + random.nextInt(5); i++) {
      users.add(user(random, 10 + 3 * i));
    }
    return users;
  }

  private static Map<String, Object> order(Random random, int id) {
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("orderId", BigDecimal.valueOf(id));
    order.put("customer", user(random, 7));
    List<Object> lines = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(4); i++) {
      lines.add(
          object(
              "sku",
              "S-" + (100 + i),
              "qty",
              BigDecimal.valueOf(1 + random.nextInt(9)),
              "price",
              new BigDecimal((1 + random.nextInt(99)) + ".50")));
    }
    order.put("lines", lines);
    order.put("total", new BigDecimal((100 + random.nextInt(900)) + ".25"));
    return order;
  }

  private static Map<String, Object> page(Random random) {
    return object(
        "items", users(random),
        "total", BigDecimal.valueOf(20 + random.nextInt(50)),
        "next", "/users?after=" + word(random));
  }

  /// A page of a shop's products.
  private static Map<String, Object> products(Random random) {
    List<Object> products = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(4); i++) {
      products.add(
          object(
              "id",
              BigDecimal.valueOf(1 + 7L * i),
              "sku",
              "A/" + (100 + i),
              "name",
              word(random) + " " + word(random),
              "price",
              new BigDecimal((1 + random.nextInt(99)) + ".90"),
              "stock",
              BigDecimal.valueOf(1 + random.nextInt(40)),
              "active",
              random.nextBoolean()));
    }
    return object("products", products, "seller", user(random, 3), "total", BigDecimal.valueOf(77));
  }

  /// An order as a shop has taken it.
  private static Map<String, Object> placed(Random random) {
    return object(
        "id", BigDecimal.valueOf(1 + random.nextInt(900)),
        "userId", BigDecimal.valueOf(1 + random.nextInt(900)),
        "status", "placed",
        "placedAt", "2024-03-1" + random.nextInt(10) + "T10:00:00.123Z",
        "total", new BigDecimal((10 + random.nextInt(900)) + ".30"),
        "user", user(random, 8),
        "items",
            list(
                object("productId", BigDecimal.valueOf(4), "qty", BigDecimal.valueOf(2)),
                object("productId", BigDecimal.valueOf(9), "qty", BigDecimal.valueOf(1))));
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  static Map<String, Object> object(Object... keysAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return object;
  }

  static List<Object> list(Object... values) {
    return new ArrayList<>(List.of(values));
  }

  static Object get(Map<String, Object> object, String key) {
    return object.getOrDefault(key, Null.NULL);
  }

  /// A random place whose value is so.
  Slot any(Random random, Predicate<Slot> which) {
    List<Slot> slots = new ArrayList<>();
    collect(json, slots);
    List<Slot> fitting = slots.stream().filter(which).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> asObject(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> asArray(Object value) {
    return (List<Object>) value;
  }

  private static void collect(Object value, List<Slot> slots) {
    if (value instanceof Map<?, ?>) {
      Map<String, Object> object = asObject(value);
      for (Map.Entry<String, Object> member : object.entrySet()) {
        slots.add(new Slot(object, List.of(), member.getKey(), -1));
        collect(member.getValue(), slots);
      }
    } else if (value instanceof List<?>) {
      List<Object> array = asArray(value);
      for (int i = 0; i < array.size(); i++) {
        slots.add(new Slot(Map.of(), array, "", i));
        collect(array.get(i), slots);
      }
    }
  }

  /// The answer, written plainly.
  Response plain() {
    return new Response(status, new Headers(headers), Body.of(bytes(null)));
  }

  /// The same answer as another server might write it.
  Response respelled(Random random) {
    List<Headers.Field> fields = new ArrayList<>();
    for (Headers.Field field : headers) {
      String name = random.nextBoolean() ? field.name().toLowerCase(Locale.ROOT) : field.name();
      fields.add(new Headers.Field(name, field.value()));
    }
    Collections.shuffle(fields, random);
    byte[] body = bytes(random);
    fields.add(
        random.nextBoolean()
            ? new Headers.Field("Transfer-Encoding", "chunked")
            : new Headers.Field("content-length", String.valueOf(body.length)));
    fields.add(new Headers.Field("Date", "Fri, 01 Mar 2024 12:00:" + random.nextInt(60) + " GMT"));
    fields.add(new Headers.Field("Server", word(random)));
    return new Response(status, new Headers(fields), Body.of(body));
  }

  private byte[] bytes(@Nullable Random random) {
    StringBuilder text = new StringBuilder();
    write(json, text, random);
    return recode.apply(rewrite.apply(text.toString()).getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Object value, StringBuilder text, @Nullable Random random) {
    space(text, random);
    if (value instanceof Map<?, ?>) {
      List<Map.Entry<String, Object>> members = new ArrayList<>(asObject(value).entrySet());
      if (random != null) {
        Collections.shuffle(members, random);
      }
      String comma = "{";
      for (Map.Entry<String, Object> member : members) {
        text.append(comma);
        space(text, random);
        string(member.getKey(), text, random);
        space(text, random);
        text.append(':');
        write(member.getValue(), text, random);
        comma = ",";
      }
      text.append(members.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> elements) {
      String comma = "[";
      for (Object element : elements) {
        text.append(comma);
        write(element, text, random);
        comma = ",";
      }
      text.append(elements.isEmpty() ? "[]" : "]");
    } else if (value instanceof String string) {
      string(string, text, random);
    } else if (value instanceof BigDecimal number) {
      text.append(number.toPlainString());
    } else if (value instanceof Written written) {
      text.append(written.lexeme());
    } else {
      text.append(value instanceof Null ? "null" : value.toString());
    }
    space(text, random);
  }

  private static void space(StringBuilder text, @Nullable Random random) {
    if (random != null && random.nextInt(3) == 0) {
      text.append(" \n\t\r".charAt(random.nextInt(4)));
    }
  }

  private static void string(String string, StringBuilder text, @Nullable Random random) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      boolean escape = random != null && random.nextInt(9) == 0;
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || (escape && c != '/')) {
        text.append(String.format("\\u%04x", (int) c));
      } else if (escape) {
        text.append("\\/");
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
