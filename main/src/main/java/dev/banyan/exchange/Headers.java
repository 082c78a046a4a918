package dev.banyan.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Header fields in the order in which they came, repeated ones included.
public record Headers(List<Field> fields) {

  public static final Headers NONE = new Headers(List.of());

  /// One field line. The name keeps the case it was sent in.
  public record Field(String name, String value) {}

  public Headers {
    fields = List.copyOf(fields);
  }

  /// Fields from names and values in turn.
  public static Headers of(String... namesAndValues) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Headers(fields);
  }

  /// The first value under a name, whatever the name's case.
  public Optional<String> first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  /// Every value under a name, in order.
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }
}
