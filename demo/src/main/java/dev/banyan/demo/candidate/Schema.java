package dev.banyan.demo.candidate;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a record looks as JSON: its members in order, each with its kind.
record Schema<T>(List<Field<T>> fields) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS");

  /// One member; a value that is null is left out.
  record Field<T>(String name, Kind kind, Function<T, @Nullable Object> value) {}

  /// What a member holds.
  enum Kind {
    ID,
    INTEGER,
    TEXT,
    MONEY,
    TIME
  }

  Schema {
    fields = List.copyOf(fields);
  }

  static final Schema<User> USER =
      new Schema<>(
          List.of(
              new Field<>("id", Kind.ID, User::id),
              new Field<>("name", Kind.TEXT, User::name),
              new Field<>("email", Kind.TEXT, User::email),
              new Field<>("phone", Kind.TEXT, User::phone),
              new Field<>("createdAt", Kind.TIME, User::createdAt)));

  static final Schema<Product> PRODUCT =
      new Schema<>(
          List.of(
              new Field<>("id", Kind.ID, Product::id),
              new Field<>("sku", Kind.TEXT, Product::sku),
              new Field<>("name", Kind.TEXT, Product::name),
              new Field<>("description", Kind.TEXT, Product::description),
              new Field<>("price", Kind.MONEY, Product::price),
              new Field<>("stock", Kind.INTEGER, Product::stock)));

  static final Schema<Product> STOCK =
      new Schema<>(
          List.of(
              new Field<>("productId", Kind.ID, Product::id),
              new Field<>("available", Kind.INTEGER, Product::stock)));

  static final Schema<Order> ORDER =
      new Schema<>(
          List.of(
              new Field<>("id", Kind.ID, Order::id),
              new Field<>("userId", Kind.ID, Order::userId),
              new Field<>("productId", Kind.ID, Order::productId),
              new Field<>("quantity", Kind.INTEGER, Order::quantity),
              new Field<>("total", Kind.MONEY, Order::total),
              new Field<>("status", Kind.TEXT, Order::status),
              new Field<>("note", Kind.TEXT, Order::note),
              new Field<>("shipTo", Kind.TEXT, Order::shipTo),
              new Field<>("placedAt", Kind.TIME, Order::placedAt),
              new Field<>("shippedAt", Kind.TIME, Order::shippedAt)));

  /// One value as JSON, with the faults that are on at this operation.
  String one(T value, Operation operation, Faults faults) {
    return JSON.writeValueAsString(object(value, operation, faults));
  }

  /// A list as JSON, with the faults that are on at this operation.
  String list(List<T> values, Operation operation, Faults faults) {
    ArrayNode array = JSON.createArrayNode();
    values.forEach(value -> array.add(object(value, operation, faults)));
    return JSON.writeValueAsString(
        faults.on(Fault.WRAPPED_LIST, operation)
            ? JSON.createObjectNode().set("data", array)
            : array);
  }

  private ObjectNode object(T value, Operation operation, Faults faults) {
    ObjectNode object = JSON.createObjectNode();
    for (Field<T> field : fields) {
      String name = faults.on(Fault.SNAKE_CASE, operation) ? snakeCase(field.name()) : field.name();
      Object member = field.value().apply(value);
      if (member != null) {
        put(object, name, field.kind(), member, operation, faults);
      } else if (faults.on(Fault.NULL_FOR_ABSENT, operation)) {
        object.putNull(name);
      }
    }
    return object;
  }

  private static void put(
      ObjectNode object,
      String name,
      Kind kind,
      Object member,
      Operation operation,
      Faults faults) {
    switch (kind) {
      case ID -> {
        if (faults.on(Fault.ID_AS_STRING, operation)) {
          object.put(name, member.toString());
        } else {
          object.put(name, (Integer) member);
        }
      }
      case INTEGER -> object.put(name, (Integer) member);
      case TEXT -> object.put(name, (String) member);
      case MONEY -> {
        if (faults.on(Fault.MONEY_AS_FLOAT, operation)) {
          object.put(name, Math.round(((BigDecimal) member).doubleValue() * 10) / 10.0);
        } else {
          object.put(name, ((BigDecimal) member).toPlainString());
        }
      }
      case TIME -> {
        String local =
            ((OffsetDateTime) member).withOffsetSameInstant(ZoneOffset.UTC).format(LOCAL);
        object.put(name, faults.on(Fault.DATE_WITHOUT_ZONE, operation) ? local : local + "Z");
      }
    }
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
