package dev.banyan.config;

import org.jspecify.annotations.Nullable;

/// One key of `banyan.yaml`: the only place where its name, type, default and meaning are written.
///
/// @param required whether leaving it out is a problem
/// @param standard the default as YAML, or null where there is none
/// @param meaning one or two sentences for the reference page and for editors
/// @param atLimit what happens at the limit that the key sets, or empty where it sets none
/// @param example as YAML, or empty
record Key<T>(
    String name,
    Type<T> type,
    boolean required,
    @Nullable String standard,
    String meaning,
    String atLimit,
    String example) {

  static <T> Key<T> of(String name, Type<T> type, String meaning) {
    return new Key<>(name, type, false, null, meaning, "", "");
  }

  Key<T> asRequired() {
    return new Key<>(name, type, true, standard, meaning, atLimit, example);
  }

  Key<T> standard(String yaml) {
    return new Key<>(name, type, required, yaml, meaning, atLimit, example);
  }

  Key<T> atLimit(String happens) {
    return new Key<>(name, type, required, standard, meaning, happens, example);
  }

  Key<T> example(String yaml) {
    return new Key<>(name, type, required, standard, meaning, atLimit, yaml);
  }
}
