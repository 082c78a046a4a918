package dev.banyan.control;

import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How values become JSON here: fields in the order of the records, maps by key, instants as ISO
/// text; and how strictly JSON is read: no duplicate keys, nothing behind the end.
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  static byte[] bytes(Object document) {
    return MAPPER.writeValueAsBytes(document);
  }

  static String text(Object document) {
    return MAPPER.writeValueAsString(document);
  }
}
