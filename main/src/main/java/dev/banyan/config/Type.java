package dev.banyan.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/// What the value of a key may be. [Reader] reads by it, [JsonSchema] and [ReferencePage] describe
/// it.
sealed interface Type<T> {

  /// Text that means one value.
  ///
  /// @param name in the reference page, such as `duration`
  /// @param noun completes "'5 parsecs' is not …"
  /// @param allowed completes "allowed: …"
  /// @param parse throws IllegalArgumentException, with a message for users or without one
  record Scalar<T>(
      String name, String noun, String allowed, JsonForm form, Function<String, T> parse)
      implements Type<T> {}

  /// A value that must not be shown, wherever it comes from.
  record Hidden(String noun, String allowed, Pattern pattern) implements Type<Secret> {}

  /// Several values in order.
  record ListOf<T>(Type<T> item, int least, int most) implements Type<List<Placed<T>>> {}

  /// One value, or several in order.
  record OneOrMore<T>(Type<T> item, int most) implements Type<List<Placed<T>>> {}

  /// Values under names that the user chooses.
  ///
  /// @param what a name stands for, such as `family`
  /// @param rule `names` in words
  record MapOf<T>(String what, Pattern names, String rule, Type<T> value, int least, int most)
      implements Type<List<Named<T>>> {}

  /// A fixed set of keys.
  ///
  /// @param gone keys of before, each with what to write instead
  record Group(List<Key<?>> keys, Map<String, String> gone) implements Type<Values> {
    public Group {
      keys = List.copyOf(keys);
      gone = Map.copyOf(gone);
    }

    static Group of(Key<?>... keys) {
      return new Group(List.of(keys), Map.of());
    }
  }

  /// A group, or text alone for its first key.
  record TextOrGroup(Key<?> key, Group full) implements Type<Values> {}

  /// How a scalar is told to a JSON Schema.
  sealed interface JsonForm {
    record Text(String pattern) implements JsonForm {}

    record Words(List<String> words) implements JsonForm {}

    record Whole(long least, long most) implements JsonForm {}

    record Decimal(double least, double most) implements JsonForm {}

    record Flag() implements JsonForm {}
  }
}
